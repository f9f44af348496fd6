"""Export: what may be asked for, by a program and by a page, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest
from django.http import QueryDict

from tests import factories, media
from tests.streams import cues, languages
from tests.videos.operations.running import checked, run
from tests.videos.operations.subtitled import source, subtitle
from videos.core.errors import AppError
from videos.operations.base import Source
from videos.operations.export import OPERATION
from videos.operations.forms import checked as checked_form
from videos.operations.forms import from_json, json_schema

TWO = [{"start": 2.0, "end": 3.0}, {"start": 0.48, "end": 1.0}]


def refused(data: dict[str, Any], found: Source | None = None) -> dict[str, str]:
    """The codes of the fields that are wrong with a request."""
    with pytest.raises(AppError) as caught:
        from_json(OPERATION.form, data, [found or factories.source()])
    return dict(caught.value.fields)


def from_page(found: Source, **values: str) -> dict[str, Any]:
    """The params of a page's form."""
    sent = QueryDict(mutable=True)
    for name, value in values.items():
        sent.appendlist(name, value)
    return checked_form(OPERATION.form(data=sent, sources=[found]))


class TestSegments:
    """Stretches in any order become one film."""

    def test_they_follow_each_other_as_they_are_given(self, tmp_path: Path) -> None:
        plan = run(OPERATION, [media.source(media.numbered())], {"segments": TWO}, tmp_path)
        path = plan.artifacts[0].path
        assert media.frame_numbers(path) == [*range(50, 75), *range(12, 25)]
        times = media.frame_times(path)
        assert times == pytest.approx([number / 25 for number in range(38)])
        checked(plan)

    def test_without_any_it_is_all_of_the_video(self, tmp_path: Path) -> None:
        plan = run(OPERATION, [media.source(media.numbered())], {}, tmp_path)
        assert media.frame_numbers(plan.artifacts[0].path) == list(range(100))

    def test_a_page_writes_one_in_each_line(self) -> None:
        params = from_page(factories.source(), segments="0:02 - 3\r\n\r\n0:00.5-1,0\n")
        wanted = [{"start": 2.0, "end": 3.0}, {"start": 0.5, "end": 1.0}]
        assert params["segments"] == wanted

    @pytest.mark.parametrize(
        ("segments", "code"),
        [
            ([], "not_segments"),
            ([{"start": 1}], "not_segments"),
            ([{"start": "1", "end": 2}], "not_segments"),
            ([{"start": 1, "end": 2, "speed": 2}], "not_segments"),
            ([{"start": 0, "end": 1}] * 201, "not_segments"),
            ([{"start": True, "end": 2}], "not_segments"),
            ([{"start": 2, "end": 1}], "end_before_start"),
            ([{"start": -1, "end": 1}], "negative_time"),
            ([{"start": 1, "end": 9}], "past_the_end"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_what_cannot_be_cut_is_refused(self, segments: Any, code: str) -> None:
        assert refused({"segments": segments}) == {"segments": code}

    @pytest.mark.parametrize("lines", ["soon", "1", "1-2-3x", "2 - soon"])
    def test_lines_that_are_no_times_are_refused(self, lines: str) -> None:
        with pytest.raises(AppError) as caught:
            from_page(factories.source(), segments=lines)
        assert caught.value.fields == {"segments": "not_segments"}


class TestFast:
    """A fast export is one copy."""

    def test_it_takes_one_segment(self) -> None:
        assert refused({"segments": TWO, "mode": "fast"}) == {"mode": "fast_is_one_copy"}

    def test_it_draws_nothing(self, tmp_path: Path) -> None:
        found = replace(factories.source(), subtitles=(subtitle(tmp_path),))
        burn = {"files": [found.subtitles[0].id], "how": "burn"}
        assert refused({"mode": "fast", "subtitles": burn}, found) == {"mode": "fast_is_one_copy"}


class TestTracks:
    """Sound, captions, chapters."""

    @pytest.mark.parametrize(("audio", "count"), [("all", 2), ("none", 0), ([2], 1)])
    def test_sound_tracks_are_chosen(self, audio: Any, count: int, tmp_path: Path) -> None:
        found = media.source(media.many_tracks())
        plan = run(OPERATION, [found], {"segments": TWO[:1], "audio": audio}, tmp_path)
        with av.open(str(plan.artifacts[0].path)) as container:
            assert len(container.streams.audio) == count

    @pytest.mark.parametrize("audio", ["some", 1, [-1], ["1"], [True]])
    def test_other_choices_are_refused(self, audio: Any) -> None:
        assert refused({"audio": audio}) == {"audio": "not_sounds"}

    def test_attached_captions_move_with_the_segments(self, tmp_path: Path) -> None:
        work = tmp_path / "work"
        work.mkdir()
        found = source(media.numbered(), subtitle(tmp_path))
        chosen = {"files": [found.subtitles[0].id], "how": "attach"}
        plan = run(OPERATION, [found], {"segments": TWO, "subtitles": chosen}, work)
        path = plan.artifacts[0].path
        assert languages(path) == [("kor", True)]
        # The cues last from 1 to 2 s and from 3 to 3.5 s: both outside of 2 to 3 and 0.48 to 1.
        assert cues(path, 0) == []
        whole = tmp_path / "whole"
        whole.mkdir()
        segments = [{"start": 1.48, "end": 3.2}]
        plan = run(OPERATION, [found], {"segments": segments, "subtitles": chosen}, whole)
        shown = [cue[:2] for cue in cues(plan.artifacts[0].path, 0)]
        assert shown == [(0.0, 0.52), (1.52, 1.72)]

    def test_a_page_ticks_files_and_says_how(self, tmp_path: Path) -> None:
        found = replace(factories.source(), subtitles=(subtitle(tmp_path),))
        (file,) = found.subtitles
        params = from_page(found, subtitles_files=file.id, subtitles_how="attach")
        assert params["subtitles"] == {"files": [file.id], "how": "attach"}
        burned = from_page(found, subtitles_files=file.id, subtitles_how="burn")["subtitles"]
        assert burned["style"] == {
            "size": 5.5,
            "colour": "#ffffff",
            "outline": 3,
            "position": "bottom",
        }

    def test_only_one_file_is_burned_in(self, tmp_path: Path) -> None:
        files = (subtitle(tmp_path), subtitle(tmp_path, name="b.srt", language="eng"))
        found = replace(factories.source(), subtitles=files)
        both = {"files": [file.id for file in files], "how": "burn"}
        assert refused({"subtitles": both}, found) == {"subtitles": "one_file_burned"}

    @pytest.mark.parametrize(
        ("chosen", "code"),
        [
            ({"files": [], "how": "attach"}, "not_captions"),
            ({"files": ["x"], "how": "sing"}, "not_captions"),
            ({"files": ["x"], "how": "attach"}, "unknown_subtitles"),
            ({"files": ["x"], "how": "burn", "style": {"font": "x"}}, "not_captions"),
            ("x", "not_captions"),
        ],
    )
    def test_other_captions_are_refused(self, chosen: Any, code: str) -> None:
        assert refused({"subtitles": chosen}) == {"subtitles": code}

    def test_chapters_are_written_as_given(self, tmp_path: Path) -> None:
        chapters = [{"at": 0, "title": "처음"}, {"at": 1.0, "title": "Two"}]
        found = media.source(media.numbered())
        plan = run(OPERATION, [found], {"segments": TWO, "chapters": chapters}, tmp_path)
        with av.open(str(plan.artifacts[0].path)) as container:
            marks = [
                (float(each["start"] * each["time_base"]), each["metadata"]["title"])
                for each in container.chapters()
                if each["time_base"]
            ]
        assert marks == [(0.0, "처음"), (1.0, "Two")]

    @pytest.mark.parametrize("chapters", [[{"at": -1, "title": "x"}], [{"at": 0, "title": " "}], 5])
    def test_other_chapters_are_refused(self, chapters: Any) -> None:
        assert refused({"chapters": chapters}) == {"chapters": "not_chapters"}


class TestNames:
    """What the result is called."""

    @pytest.mark.parametrize(
        ("name", "saved_as"),
        [("", "in_export.mp4"), ("강의", "강의.mp4"), ("a.MP4", "a.mp4"), ("../x", "x.mp4")],
    )
    def test_it_is_the_given_one_or_the_source_s(
        self, name: str, saved_as: str, tmp_path: Path
    ) -> None:
        params = from_json(OPERATION.form, {"name": name}, [factories.source()])
        assert OPERATION.build([factories.source()], params, tmp_path).artifacts[0].name == saved_as

    def test_a_task_is_called_by_its_segments(self) -> None:
        params = from_json(OPERATION.form, {"segments": TWO}, [factories.source()])
        assert OPERATION.name(params) == "Export 00:02-00:03, 00:00.48-00:01"


class TestPlan:
    """What would be done is said beforehand."""

    def test_pieces_have_their_place_and_reason(self) -> None:
        found = factories.source()
        params = from_json(OPERATION.form, {"segments": [{"start": 1.2, "end": 3}]}, [found])
        assert OPERATION.explain is not None
        plan = OPERATION.explain([found], params)
        assert plan["pieces"] == [
            {"how": "encoded", "start": 0.0, "end": 0.8, "pictures": 20, "why": "head"},
            {"how": "copied", "start": 0.8, "end": 1.8, "pictures": 25, "why": ""},
        ]
        assert plan["actual"] == [{"start": 1.2, "end": 3.0}]
        assert (plan["seconds"], plan["whyEncoded"]) == (1.8, "")
        assert plan["bytes"] > 0

    def test_before_the_probe_there_is_none(self) -> None:
        assert OPERATION.explain is not None
        assert OPERATION.explain([], {}) == {}


def test_the_schema_describes_what_is_made_of_others() -> None:
    properties = json_schema(OPERATION.form)["properties"]
    assert properties["segments"]["items"]["required"] == ["start", "end"]
    assert properties["subtitles"]["properties"]["how"] == {"enum": ["attach", "burn"]}
    assert json_schema(OPERATION.form)["required"] == []

"""Attached subtitles: tracks with the right times and languages; nothing is encoded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import pytest

from tests import factories, media
from tests.streams import cues, languages, packets
from tests.videos.operations.running import checked, run
from tests.videos.operations.subtitled import SRT, film, source, subtitle
from videos.core.enums import WorkClass
from videos.core.errors import AppError
from videos.operations.base import Plan, Source
from videos.operations.forms import from_json, json_schema
from videos.operations.mux_subtitles import MAX_TRACKS, OPERATION

pytestmark = pytest.mark.slow

ENGLISH = SRT.replace("한글 漢字 행렬", "Letters").replace("00:00:01,000", "00:00:00,040")


def mux(found: Source, folder: Path) -> Plan:
    """Attach all of the source's subtitle files."""
    workdir = folder / "work"
    workdir.mkdir()
    return run(OPERATION, [found], {"subtitles": [file.id for file in found.subtitles]}, workdir)


def test_each_cue_keeps_its_time_and_text(tmp_path: Path) -> None:
    plan = mux(source(film(tmp_path), subtitle(tmp_path)), tmp_path)
    checked(plan)
    path = plan.artifacts[0].path
    first, second = cues(path, 0)
    assert first[:2] == (1.0, 2.0)
    assert second[:2] == (3.0, 3.5)
    assert "한글 漢字 행렬" in first[2]
    assert plan.artifacts[0].name == "grey_subtitled.mp4"


def test_several_files_become_tracks_in_order_and_the_first_is_shown(tmp_path: Path) -> None:
    english = subtitle(tmp_path, ENGLISH, name="en.srt", language="eng")
    path = mux(source(film(tmp_path), subtitle(tmp_path), english), tmp_path).artifacts[0].path
    assert languages(path) == [("kor", True), ("eng", False)]
    assert cues(path, 1)[0][:2] == (0.04, 2.0)


def test_pictures_and_sound_are_copied(tmp_path: Path) -> None:
    plain = film(tmp_path)
    path = mux(source(plain, subtitle(tmp_path)), tmp_path).artifacts[0].path
    for kind in ("video", "audio"):
        assert packets(path, kind) == packets(plain, kind)


def test_tracks_that_were_there_stay(tmp_path: Path) -> None:
    path = mux(source(media.many_tracks(), subtitle(tmp_path, language="eng")), tmp_path)
    checked(path)
    found = path.artifacts[0].path
    assert [language for language, _shown in languages(found)] == ["kor", "eng"]
    assert "안녕" in cues(found, 0)[0][2]


@pytest.mark.parametrize(
    ("clip", "suffix"),
    [(media.vp9, "mp4"), (media.vp8, "mkv"), (media.hevc, "mkv"), (media.silent, "mp4")],
)
def test_the_container_is_one_that_holds_everything_as_it_is(
    tmp_path: Path, clip: object, suffix: str
) -> None:
    assert callable(clip)
    plan = mux(source(clip(), subtitle(tmp_path)), tmp_path)
    checked(plan)
    (artifact,) = plan.artifacts
    assert artifact.name.endswith(f"_subtitled.{suffix}")
    found = cues(artifact.path, 0)
    assert [cue[:2] for cue in found] == [(1.0, 2.0), (3.0, 3.5)]
    assert languages(artifact.path) == [("kor", True)]


def test_a_film_that_does_not_begin_at_zero_has_them_in_time(tmp_path: Path) -> None:
    late = tmp_path / "late.ts"
    copy = ("-c", "copy", "-output_ts_offset", "100", "-muxdelay", "0")
    media.ffmpeg("-i", film(tmp_path), *copy, late)
    path = mux(source(late, subtitle(tmp_path)), tmp_path).artifacts[0].path
    with av.open(str(path)) as container:
        began = min(
            float(packet.pts * packet.time_base)
            for packet in container.demux(container.streams.video[0])
            if packet.pts is not None
        )
    assert cues(path, 0)[0][0] - began == pytest.approx(1.0, abs=0.05)


def test_cues_past_the_end_do_not_lengthen_the_film(tmp_path: Path) -> None:
    text = SRT + "\n3\n00:00:03,900 --> 01:00:00,000\nspät\n"
    plan = mux(source(film(tmp_path), subtitle(tmp_path, text)), tmp_path)
    assert checked(plan).duration_us == pytest.approx(4_000_000, abs=60_000)


def test_it_costs_a_copy(tmp_path: Path) -> None:
    found = source(film(tmp_path), subtitle(tmp_path))
    params = from_json(OPERATION.form, {"subtitles": [found.subtitles[0].id]}, [found])
    assert OPERATION.estimate([found], params).work_class is WorkClass.COPY
    copying = OPERATION.build([found], params, tmp_path).steps[0]
    assert copying.expected_frames == 100


def test_the_schema_asks_for_a_list() -> None:
    assert json_schema(OPERATION.form) == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "subtitles": {"title": "Subtitle files", "type": "array", "items": {"type": "string"}}
        },
        "required": ["subtitles"],
    }


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "not_a_list"),
        ("one", "not_a_list"),
        ([1], "not_a_list"),
        ([], "required"),
        (["no such"], "unknown_subtitles"),
        (["?", "no such"], "unknown_subtitles"),
        (["?"] * (MAX_TRACKS + 1), "out_of_range"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, value: Any, code: str) -> None:
    file, probed = subtitle(tmp_path), factories.source()
    found = replace(probed, name="a.mp4", subtitles=(file,))
    if isinstance(value, list):
        value = [file.id if each == "?" else each for each in value]
    with pytest.raises(AppError) as refused:
        from_json(OPERATION.form, {"subtitles": value}, [found])
    assert refused.value.fields == {"subtitles": code}


def test_a_file_named_twice_becomes_one_track(tmp_path: Path) -> None:
    file, probed = subtitle(tmp_path), factories.source()
    found = replace(probed, name="a.mp4", subtitles=(file,))
    params = from_json(OPERATION.form, {"subtitles": [file.id, file.id]}, [found])
    assert params["subtitles"] == [file.id]


def test_while_the_video_is_not_known_any_id_is_taken() -> None:
    some = str(uuid4())
    assert from_json(OPERATION.form, {"subtitles": [some]})["subtitles"] == [some]

"""Trim on real ffmpeg: which frames, which tracks, which codecs, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import factories, media
from tests.videos.operations.running import checked, run
from videos.core.enums import StepCode, WorkClass
from videos.media.probe.model import Kind, Probe, StreamInfo
from videos.operations.base import Plan, Source
from videos.operations.trim import OPERATION

Make = Callable[[], Path]
EVERY_CLIP: list[Make] = [
    media.numbered,
    media.index_at_the_end,
    media.silent,
    media.odd_sized,
    media.vp9,
    media.vp8,
    media.hevc,
    media.many_tracks,
]


def real(make: Make) -> Source:
    path = make()
    return media.source(path)


def cut(make: Make, start: float, end: float, mode: str, workdir: Path) -> Plan:
    params: dict[str, object] = {"startTime": start, "endTime": end, "mode": mode}
    return run(OPERATION, [real(make)], params, workdir)


def errors(source: Source | None = None, **data: str | float) -> dict[str, str | None]:
    sources = [source or factories.source()]
    form = OPERATION.form(data={"startTime": 1, "endTime": 2, **data}, sources=sources)
    return {name: found[0].code for name, found in form.errors.as_data().items()}


def codecs(found: Probe) -> list[str]:
    return [stream.codec for stream in found.streams if stream.kind is not Kind.DATA]


def with_codec(codec: str) -> Source:
    streams = (StreamInfo(0, Kind.VIDEO, codec=codec, width=64, height=48, frames=100),)
    return factories.source(streams=streams)


class TestExact:
    """`mode=exact`: the frames between the two times, and no others."""

    @pytest.mark.parametrize(
        ("start", "end", "frames"),
        [
            (0, 1, range(25)),
            (1.24, 2.6, range(31, 65)),  # between keyframes
            (2, 3, range(50, 75)),  # at a keyframe
            (3.96, 4, range(99, 100)),  # the last frame
        ],
    )
    def test_it_keeps_exactly_the_frames_between(
        self, start: float, end: float, frames: range, tmp_path: Path
    ) -> None:
        plan = cut(media.numbered, start, end, "exact", tmp_path)
        assert media.frame_numbers(plan.artifacts[0].path) == list(frames)
        checked(plan)

    @pytest.mark.parametrize("make", EVERY_CLIP, ids=lambda make: make.__name__)
    def test_it_is_exact_whatever_the_source(self, make: Make, tmp_path: Path) -> None:
        plan = cut(make, 1.24, 2.6, "exact", tmp_path)
        assert media.frame_numbers(plan.artifacts[0].path) == list(range(31, 65))
        found = checked(plan)
        assert found.container == "mp4"
        # H.264 and HEVC stay what they are; sound that fits an MP4 is copied.
        assert set(codecs(found)) <= {"h264", "hevc", "aac", "opus", "mov_text"}

    def test_uneven_frames_keep_their_times(self, tmp_path: Path) -> None:
        plan = cut(media.uneven, 0.2, 2.31, "exact", tmp_path)
        expected = [number for number in media.UNEVEN if 5 <= number <= 57]
        path = plan.artifacts[0].path
        assert media.frame_numbers(path) == expected
        assert media.frame_times(path) == [round(number / 25 - 0.2, 3) for number in expected]

    def test_a_last_picture_that_stays_for_long_is_no_failure(self, tmp_path: Path) -> None:
        checked(cut(media.uneven, 0.2, 1.9, "exact", tmp_path))

    def test_odd_sides_stay_where_the_codec_has_them(self, tmp_path: Path) -> None:
        found = checked(cut(media.odd_sized, 0.2, 1, "exact", tmp_path))
        assert (found.width, found.height) == (65, 49)
        assert found.video is not None
        assert found.video.pix_fmt == "yuv444p"

    def test_a_start_before_the_first_picture_begins_at_that_picture(self, tmp_path: Path) -> None:
        plan = cut(media.joins_late, 0, 3, "exact", tmp_path)
        assert media.frame_numbers(plan.artifacts[0].path)[0] == 25
        checked(plan)

    def test_nothing_before_the_start_stays_in_the_file(self, tmp_path: Path) -> None:
        found = checked(cut(media.numbered, 1.24, 2.6, "exact", tmp_path))
        assert found.keyframes[0][0] == 0


class TestFast:
    """`mode=fast`: the packets as they are, from the keyframe at or before the start."""

    def test_it_shows_the_frames_from_the_start_on(self, tmp_path: Path) -> None:
        plan = cut(media.numbered, 1.24, 2.6, "fast", tmp_path)
        shown = media.frame_numbers(plan.artifacts[0].path)
        assert shown[0] == 31
        assert 64 <= shown[-1] <= 69  # pictures that others refer to come along
        checked(plan)

    def test_footage_from_the_keyframe_before_stays_in_the_file(self, tmp_path: Path) -> None:
        found = checked(cut(media.numbered, 1.24, 2.6, "fast", tmp_path))
        assert found.keyframes[0][0] == pytest.approx(-240_000, abs=40_000)

    def test_at_a_keyframe_it_is_exact_at_its_start(self, tmp_path: Path) -> None:
        plan = cut(media.numbered, 2, 3, "fast", tmp_path)
        assert media.frame_numbers(plan.artifacts[0].path)[:25] == list(range(50, 75))

    @pytest.mark.parametrize(
        ("make", "kept"),
        [
            (media.numbered, ["h264", "aac"]),
            (media.silent, ["h264"]),
            (media.odd_sized, ["h264", "aac"]),
            (media.vp9, ["vp9", "opus"]),
            (media.hevc, ["hevc", "aac"]),
            (media.many_tracks, ["h264", "aac", "aac", "mov_text"]),
        ],
        ids=lambda value: value.__name__ if callable(value) else "",
    )
    def test_what_fits_an_mp4_is_copied_and_the_rest_made_to_fit(
        self, make: Make, kept: list[str], tmp_path: Path
    ) -> None:
        assert codecs(checked(cut(make, 1, 3, "fast", tmp_path))) == kept

    def test_pictures_that_fit_no_mp4_are_refused_beforehand(self) -> None:
        assert errors(real(media.vp8), mode="fast") == {"mode": "copy_impossible"}

    def test_a_start_before_the_first_keyframe_begins_at_that_keyframe(
        self, tmp_path: Path
    ) -> None:
        plan = cut(media.joins_late, 0, 3, "fast", tmp_path)
        assert media.frame_numbers(plan.artifacts[0].path)[0] == 25
        checked(plan)


class TestTracks:
    """Every track that the result can hold is kept, with its language."""

    @pytest.mark.parametrize("mode", ["fast", "exact"])
    def test_all_sound_and_subtitles_are_kept_with_their_languages(
        self, mode: str, tmp_path: Path
    ) -> None:
        found = checked(cut(media.many_tracks, 1, 3, mode, tmp_path))
        assert [stream.language for stream in found.of_kind(Kind.AUDIO)] == [None, "kor"]
        assert [stream.language for stream in found.of_kind(Kind.SUBTITLE)] == ["kor"]

    @pytest.mark.parametrize("mode", ["fast", "exact"])
    def test_subtitles_that_are_pictures_are_left_out(self, mode: str, tmp_path: Path) -> None:
        usual = factories.probe().streams
        pictures = StreamInfo(2, Kind.SUBTITLE, codec="hdmv_pgs_subtitle")
        source = factories.source(streams=(*usual, pictures))
        params = {"startTime": 0, "endTime": 1, "mode": mode}
        plan = OPERATION.build([source], params, tmp_path)
        assert plan.artifacts[0].expected is not None
        assert plan.artifacts[0].expected.subtitle == 0
        assert "0:2" not in plan.steps[0].argv


class TestWhereATrimStarts:
    """The answer and the page say it before anything is cut."""

    @pytest.mark.parametrize(
        ("start", "actual"), [(0, 0), (0.97, 0), (1, 1), (0.9997, 1), (2.7, 2), (3.9, 3)]
    )
    def test_fast_it_is_the_keyframe_at_or_before_the_start(
        self, start: float, actual: float
    ) -> None:
        params = {"startTime": start, "endTime": 4, "mode": "fast"}
        assert OPERATION.answer([factories.source()], params)["actualStart"] == actual

    def test_exact_it_is_the_picture_that_is_meant(self) -> None:
        params = {"startTime": 1.513, "endTime": 2.029, "mode": "exact"}
        answer = OPERATION.answer([factories.source()], params)
        assert answer == {"actualStart": 1.52, "actualEnd": 2.04}

    def test_hidden_footage_before_the_film_is_no_start(self, tmp_path: Path) -> None:
        hidden = cut(media.numbered, 1.24, 3.6, "fast", tmp_path).artifacts[0].path
        params = {"startTime": 0.5, "endTime": 2, "mode": "fast"}
        assert OPERATION.answer([media.source(hidden)], params)["actualStart"] == 0

    def test_before_the_probe_nobody_knows(self) -> None:
        params = {"startTime": 1.5, "endTime": 2, "mode": "fast"}
        unindexed = replace(factories.source(), read_index=bytes)
        assert OPERATION.answer([], params) == OPERATION.answer([unindexed], params) == {}


class TestRefusals:
    """What is wrong with a request is said at its field."""

    @pytest.mark.parametrize(
        ("data", "wrong"),
        [
            ({"startTime": -0.001}, {"startTime": "negative_time"}),
            ({"startTime": 2, "endTime": 1}, {"endTime": "end_before_start"}),
            ({"startTime": 2, "endTime": 2}, {"endTime": "end_before_start"}),
            ({"endTime": 4.003}, {"endTime": "past_the_end"}),
            (
                {"startTime": 5, "endTime": 6},
                {"startTime": "past_the_end", "endTime": "past_the_end"},
            ),
            ({"startTime": "nan"}, {"startTime": "invalid"}),
            ({"endTime": "soon"}, {"endTime": "invalid"}),
            ({"endTime": ""}, {"endTime": "required"}),
            ({"mode": "magic"}, {"mode": "invalid_choice"}),
        ],
    )
    def test_a_cut_that_cannot_be_made_is_refused(
        self, data: dict[str, Any], wrong: dict[str, str]
    ) -> None:
        assert errors(**data) == wrong

    def test_the_last_moment_may_be_rounded_up_to_the_millisecond(self) -> None:
        source = factories.source(duration_us=3_999_600)
        form = OPERATION.form(data={"startTime": 0, "endTime": 4.0}, sources=[source])
        assert form.is_valid()
        assert form.cleaned_data["endTime"] == 3.9996

    def test_fast_is_the_usual_mode(self) -> None:
        form = OPERATION.form(data={"startTime": 0, "endTime": 1}, sources=[factories.source()])
        assert form.is_valid()
        assert form.cleaned_data["mode"] == "fast"

    def test_before_the_probe_only_the_request_itself_is_checked(self) -> None:
        form = OPERATION.form(data={"startTime": 100, "endTime": 200}, sources=[])
        assert form.is_valid()

    @pytest.mark.parametrize("codec", ["vp8", "theora", "prores", "mjpeg"])
    def test_a_codec_that_no_mp4_holds_can_be_cut_exactly(self, codec: str) -> None:
        assert errors(with_codec(codec), mode="fast") == {"mode": "copy_impossible"}
        assert errors(with_codec(codec), mode="exact") == {}


class TestPlan:
    """What is known before a trim starts."""

    def test_what_is_copied_needs_no_encoding(self, tmp_path: Path) -> None:
        params = {"startTime": 1.0, "endTime": 2.5, "mode": "fast"}
        (step,) = OPERATION.build([factories.source()], params, tmp_path).steps
        assert step.code is StepCode.COPYING
        assert OPERATION.estimate([factories.source()], params).work_class is WorkClass.COPY

    def test_exact_only_what_lies_before_the_next_keyframe_is_encoded(self, tmp_path: Path) -> None:
        params = {"startTime": 1.2, "endTime": 3, "mode": "exact"}
        encode, join = OPERATION.build([factories.source()], params, tmp_path).steps
        assert (encode.code, encode.expected_frames) == (StepCode.ENCODING, 20)
        assert (join.code, join.expected_frames) == (StepCode.COPYING, 45)

    def test_a_copy_never_waits_behind_a_long_encode(self) -> None:
        params = {"startTime": 1.2, "endTime": 3}
        wide = factories.source(streams=(replace(factories.probe().streams[0], width=10**7),))
        classes = [
            OPERATION.estimate([each], {**params, "mode": mode}).work_class
            for each in (wide, replace(wide, read_index=bytes))
            for mode in ("fast", "exact")
        ]
        assert classes == [WorkClass.COPY, WorkClass.CPU] * 2

    def test_its_cost_grows_with_the_part_that_is_kept(self) -> None:
        source = [factories.source(bytes=10**9)]
        costs = [
            OPERATION.estimate(source, {"startTime": 0.5, "endTime": end, "mode": mode}).seconds
            for mode in ("fast", "exact")
            for end in (1.5, 3.9)
        ]
        assert costs[0] < costs[1]
        assert costs[2] < costs[3]

    @pytest.mark.parametrize(
        ("name", "saved_as"),
        [
            ("강의 1.mov", "강의 1_trimmed.mp4"),
            ("a.b.webm", "a.b_trimmed.mp4"),
            ("x", "x_trimmed.mp4"),
        ],
    )
    def test_the_result_is_named_after_the_source(
        self, name: str, saved_as: str, tmp_path: Path
    ) -> None:
        params = {"startTime": 0, "endTime": 1, "mode": "fast"}
        plan = OPERATION.build([factories.source(name=name)], params, tmp_path)
        assert plan.artifacts[0].name == saved_as

    def test_a_task_is_called_by_its_times(self) -> None:
        assert OPERATION.name({"startTime": 10, "endTime": 30.5}) == "Trim 00:10-00:30.5"

    def test_sound_that_ended_before_the_start_is_not_expected(self, tmp_path: Path) -> None:
        index = factories.index()
        sound = replace(index.tracks[1], end_us=1_000_000)
        short = replace(index, tracks=(index.tracks[0], sound))
        params = {"startTime": 2, "endTime": 3, "mode": "exact"}
        for each, count in ((short, 0), (index, 1)):
            source = replace(factories.source(), read_index=each.to_bytes)
            plan = OPERATION.build([source], params, tmp_path)
            assert plan.artifacts[0].expected is not None
            assert plan.artifacts[0].expected.audio == count

    def test_sound_that_is_left_out_is_named_in_the_answer(self) -> None:
        index = factories.index()
        sound = replace(index.tracks[1], end_us=1_000_000)
        short = replace(index, tracks=(index.tracks[0], sound))
        source = replace(factories.source(), read_index=short.to_bytes)
        answer = OPERATION.answer([source], {"startTime": 2, "endTime": 3, "mode": "exact"})
        assert answer["leftOut"] == [{"track": 1, "kind": "audio", "reason": "not_in_span"}]

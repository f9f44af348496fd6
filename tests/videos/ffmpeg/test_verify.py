"""Verification: an exit code of 0 is no proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.videos.ffmpeg.conftest import Clips, Watch
from videos.ffmpeg.ending import raise_for_exit
from videos.ffmpeg.errors import BadOutput, MediaError
from videos.ffmpeg.media import Kind, Probe, StreamInfo, read_result
from videos.ffmpeg.picture import look
from videos.ffmpeg.verify import Expected, check, verify_command

SECOND = 1_000_000
VIDEO = StreamInfo(0, Kind.VIDEO, frames=50)
AUDIO = StreamInfo(1, Kind.AUDIO, frames=80)
SUBTITLE = StreamInfo(2, Kind.SUBTITLE)
PICTURE = StreamInfo(3, Kind.PICTURE, frames=1)


def output(*streams: StreamInfo, duration_us: int = 10 * SECOND) -> Probe:
    return Probe(bytes=1, streams=streams, duration_us=duration_us)


@pytest.mark.parametrize(
    ("probe", "expected"),
    [
        (output(VIDEO, AUDIO), Expected(video=1, audio=1, duration_us=10 * SECOND)),
        (output(VIDEO), Expected(video=1, duration_us=10 * SECOND + 500_000)),
        (output(VIDEO), Expected(video=1, duration_us=10 * SECOND - 500_000)),
        (output(VIDEO, duration_us=1000 * SECOND), Expected(video=1, duration_us=1009 * SECOND)),
        (output(AUDIO, SUBTITLE), Expected(audio=1, subtitle=1)),
        (output(VIDEO, PICTURE), Expected(video=1)),
    ],
)
def test_what_was_promised_passes(probe: Probe, expected: Expected) -> None:
    check(probe, expected)


@pytest.mark.parametrize(
    ("probe", "expected", "detail"),
    [
        (output(VIDEO), Expected(video=1, audio=1), "0 audio streams instead of 1"),
        (output(VIDEO, AUDIO), Expected(video=1), "1 audio streams instead of 0"),
        (output(AUDIO), Expected(video=1, audio=1), "0 video streams instead of 1"),
        (
            output(StreamInfo(0, Kind.VIDEO, frames=0), AUDIO),
            Expected(video=1, audio=1),
            "0 video streams instead of 1",
        ),
        (output(VIDEO, duration_us=0), Expected(video=1), "an empty file"),
        (
            output(VIDEO, duration_us=5 * SECOND),
            Expected(video=1, duration_us=10 * SECOND),
            "5.00 s long instead of 10.00 s",
        ),
        (
            output(VIDEO, duration_us=10 * SECOND + 500_001),
            Expected(video=1, duration_us=10 * SECOND),
            "10.50 s long instead of 10.00 s",
        ),
        (output(VIDEO), Expected(image=True), "no picture"),
    ],
)
def test_what_was_not_promised_fails(probe: Probe, expected: Expected, detail: str) -> None:
    with pytest.raises(BadOutput) as bad:
        check(probe, expected)
    assert bad.value.args["detail"] == detail


def verified(path: Path, watch: Watch, *, image: bool = False) -> Probe:
    result = watch.folder / "verify.json"
    raise_for_exit(watch.run(verify_command(path, result, image=image)), result)
    return read_result(result)


def test_an_output_is_read_whole(clips: Clips, watch: Watch) -> None:
    probe = verified(clips.film(), watch)
    assert probe.video is not None
    assert probe.video.frames == 50
    check(probe, Expected(video=1, audio=1, duration_us=2 * SECOND))


def test_an_output_may_be_sound_alone(clips: Clips, watch: Watch) -> None:
    check(verified(clips.sound(), watch), Expected(audio=1, duration_us=2 * SECOND))


def test_an_output_cut_short_is_found_out(clips: Clips, watch: Watch) -> None:
    content = clips.copy("fast.mp4", "-movflags", "+faststart").read_bytes()
    probe = verified(clips.write("bad.mp4", content[: len(content) // 2]), watch)
    with pytest.raises(BadOutput):
        check(probe, Expected(video=1, audio=1, duration_us=2 * SECOND))


def test_an_output_that_cannot_be_opened_is_refused(clips: Clips, watch: Watch) -> None:
    with pytest.raises(MediaError, match="truncated"):
        verified(clips.write("bad.mp4", clips.film().read_bytes()[:5000]), watch)


@pytest.mark.parametrize("name", ["photo.png", "photo.jpg", "photo.webp"])
def test_a_picture_is_decoded(name: str, clips: Clips) -> None:
    probe = look(clips.make(name, "-i", clips.photo()))
    assert (probe.width, probe.height) == (160, 120)
    check(probe, Expected(image=True))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + b"x" * 500])
def test_a_broken_picture_is_refused(content: bytes, clips: Clips) -> None:
    with pytest.raises(BadOutput):
        look(clips.write("broken.jpg", content))


def test_a_film_is_no_picture(clips: Clips, watch: Watch) -> None:
    with pytest.raises(BadOutput):
        verified(clips.film(), watch, image=True)

"""Verification: an exit code of 0 is no proof."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.videos.media.conftest import Clips, Watch
from videos.media.ffmpeg.errors import BadOutput, MediaError
from videos.media.ffmpeg.outcome import raise_for_exit
from videos.media.jobs.picture import probe_picture
from videos.media.probe.model import Kind, Probe, StreamInfo, read_result
from videos.media.verify import Expected, check, stills_command, verify_command

SECOND = 1_000_000
VIDEO = StreamInfo(0, Kind.VIDEO, frames=50)
AUDIO = StreamInfo(1, Kind.AUDIO, frames=80)
SUBTITLE = StreamInfo(2, Kind.SUBTITLE)
ATTACHMENT = StreamInfo(0, Kind.ATTACHMENT)
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
        (output(ATTACHMENT), Expected(packed=2), "1 packed files instead of 2"),
    ],
)
def test_what_was_not_promised_fails(probe: Probe, expected: Expected, detail: str) -> None:
    with pytest.raises(BadOutput) as bad:
        check(probe, expected)
    assert bad.value.args["detail"] == detail


def verified(path: Path, watch: Watch) -> Probe:
    result = watch.folder / "verify.json"
    raise_for_exit(watch.run(verify_command(path, result)), result)
    return read_result(result)


def stills(watch: Watch, *paths: Path) -> list[Probe]:
    result = watch.folder / "stills.json"
    raise_for_exit(watch.run(stills_command(paths, result)), result)
    return [read_result(result, path.name) for path in paths]


def packed(watch: Watch, *paths: Path) -> Path:
    archive = watch.folder / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in paths:
            file.write(path, path.name)
    return archive


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
    probe = probe_picture(clips.make(name, "-i", clips.photo()))
    assert (probe.width, probe.height) == (160, 120)
    check(probe, Expected(image=True))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + b"x" * 500])
def test_a_broken_picture_is_refused(content: bytes, clips: Clips) -> None:
    with pytest.raises(BadOutput):
        probe_picture(clips.write("broken.jpg", content))


def test_a_film_is_no_picture(clips: Clips, watch: Watch) -> None:
    with pytest.raises(BadOutput):
        stills(watch, clips.film())


def test_one_child_checks_pictures_and_their_archive(clips: Clips, watch: Watch) -> None:
    archive = packed(watch, clips.photo(), clips.sound())
    photo, found = stills(watch, clips.photo(), archive)
    check(photo, Expected(image=True))
    check(found, Expected(packed=2))
    assert watch.reports[-1].ended


def test_one_broken_picture_refuses_them_all(clips: Clips, watch: Watch) -> None:
    with pytest.raises(BadOutput):
        stills(watch, clips.photo(), clips.write("broken.png", b"\x89PNG\r\n\x1a\n"))


def test_a_damaged_archive_is_refused(clips: Clips, watch: Watch) -> None:
    archive = packed(watch, clips.photo())
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 255
    for broken in (bytes(content), content[:100]):
        archive.write_bytes(broken)
        with pytest.raises(BadOutput):
            stills(watch, archive)

"""Thumbnails: exactly the picture of each time, upright, at the width that was asked for."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import media
from tests.videos.media.conftest import H264, Clips, Watch
from videos.media.ffmpeg.errors import NoVideoTrack
from videos.media.ffmpeg.outcome import raise_for_exit
from videos.media.jobs import thumbnails
from videos.media.jobs.picture import probe_picture
from videos.media.jobs.thumbnails import ARCHIVE, Spec, names, thumbnails_command

Make = Callable[[], Path]
LATER_US = 10_000


def drawn(source: Path, watch: Watch, wanted: Spec) -> list[Path]:
    failure = watch.folder / "failure.json"
    command = thumbnails_command(source, watch.folder, failure, wanted)
    raise_for_exit(watch.run(command), failure)
    return [watch.folder / name for name in names(wanted.count, wanted.image_format)]


def numbers(source: Path, watch: Watch, *runs: list[int], image_format: str = "png") -> list[int]:
    start_us = media.probed(source).start_us
    files = drawn(source, watch, Spec(runs, start_us, 640, image_format))
    return [number for file in files for number in media.frame_numbers(file)]


def at(*frames: int) -> list[int]:
    """Times within these frames of a clip, in microseconds."""
    return [frame * 1_000_000 // media.RATE + LATER_US for frame in frames]


@pytest.mark.parametrize("image_format", ["jpeg", "png", "webp"])
def test_each_picture_is_exactly_the_one_of_its_time(image_format: str, watch: Watch) -> None:
    frames = [0, 1, 24, 25, 26, 60, 99]
    assert numbers(media.numbered(), watch, at(*frames), image_format=image_format) == frames


@pytest.mark.parametrize(
    "make", [media.vp9, media.vp8, media.hevc, media.many_tracks, media.silent]
)
def test_they_are_exact_whatever_the_source(make: Make, watch: Watch) -> None:
    # Matroska and WebM round a time to the millisecond, and sound may begin a little earlier.
    assert numbers(make(), watch, at(3), at(31, 31), at(99)) == [3, 31, 31, 99]


def test_a_time_that_a_page_rounded_down_means_the_picture_that_begins_there(watch: Watch) -> None:
    assert numbers(media.numbered(), watch, [40_000, 79_600, 119_400]) == [1, 2, 2]


def test_an_uneven_film_shows_the_picture_that_stays(watch: Watch) -> None:
    assert numbers(media.uneven(), watch, at(15, 30, 55, 90)) == [9, 22, 55, 59]


def test_a_film_whose_first_pictures_are_lost_shows_the_first_that_is_there(watch: Watch) -> None:
    assert numbers(media.joins_late(), watch, [0]) == [25]


def test_a_time_past_the_end_shows_the_last(watch: Watch) -> None:
    assert numbers(media.numbered(), watch, [99_000_000]) == [99]


@pytest.mark.parametrize("width", [16, 101, 3840])
def test_none_is_enlarged_and_sides_are_even(width: int, clips: Clips, watch: Watch) -> None:
    (file,) = drawn(clips.film(), watch, Spec([[0]], 0, width, "jpeg"))
    found = probe_picture(file)
    assert (found.width, found.height) == {16: (16, 12), 101: (100, 76), 3840: (160, 120)}[width]


def test_they_are_upright_with_square_pixels(clips: Clips, watch: Watch) -> None:
    wide = clips.make("stills-wide.mp4", "-i", clips.film(), "-vf", "setsar=2", *H264)
    turned = clips.make("stills.mp4", "-display_rotation", "90", "-i", wide, "-c", "copy")
    (file,) = drawn(turned, watch, Spec([[0]], 0, 640, "webp"))
    assert (probe_picture(file).width, probe_picture(file).height) == (120, 320)


def test_several_are_packed_and_each_is_reported(clips: Clips, watch: Watch) -> None:
    files = drawn(clips.film(), watch, Spec([[0, 400_000], [1_000_000]], 0, 64, "jpeg"))
    with zipfile.ZipFile(watch.folder / ARCHIVE) as packed:
        assert packed.namelist() == [file.name for file in files]
        assert packed.read("thumb_03.jpg") == files[2].read_bytes()
    reported = [report.frame for report in watch.reports if report.frame]
    assert reported == sorted(reported)
    assert watch.reports[-1].ended


def test_one_is_not_packed(clips: Clips, watch: Watch) -> None:
    drawn(clips.film(), watch, Spec([[0]], 0, 64, "png"))
    assert [path.name for path in watch.folder.iterdir()] == ["thumb_01.png"]


def test_a_film_without_a_picture_is_refused_with_its_reason(clips: Clips, watch: Watch) -> None:
    with pytest.raises(NoVideoTrack):
        drawn(clips.sound(), watch, Spec([[0]], 0, 64, "png"))


@pytest.mark.parametrize(("count", "last"), [(1, "thumb_01.jpg"), (100, "thumb_100.jpg")])
def test_names_sort_in_the_order_of_the_pictures(count: int, last: str) -> None:
    found = thumbnails.names(count, "jpeg")
    assert found == sorted(found)
    assert found[-1] == last

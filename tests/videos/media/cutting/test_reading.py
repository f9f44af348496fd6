"""Packets from any place of a file on, by their numbers in the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.videos.media.cutting.exports import FILMS
from videos.media.cutting.reading import FilmReader
from videos.media.ffmpeg.errors import BadMedia
from videos.media.probe import scan

Make = Callable[[str], Path]
CLIPS = [
    "b-frames.mp4",
    "b-frames.ts",
    "blu-ray.m2ts",
    "program-stream.mpg",
    "clock-at-10s.mkv",
    "h264-b-frames.avi",
    "flash.flv",
    "fragmented.mp4",
    "edit-list.mp4",
    "vp9-opus.webm",
]


def opened(path: Path) -> FilmReader:
    index = scan.scan_with_index(path, need_video=True).index
    assert index is not None
    return FilmReader(path, index.film)


def read(reader: FilmReader, first: int, until: int) -> dict[int, bytes]:
    return {number: bytes(packet) for number, packet in reader.packets(first, until)}


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_from_anywhere_the_packets_are_the_same(clip: Make, name: str) -> None:
    reader = opened(clip(name))
    count = len(reader._film.times)
    whole = read(reader, 0, count)
    assert list(whole) == list(range(count))
    for first, until in ((0, 1), (1, 9), (73, 74), (150, 201), (count - 1, count), (40, 44)):
        assert read(reader, first, until) == {n: whole[n] for n in range(first, until)}
    reader.close()


def test_of_a_file_without_a_container_too() -> None:
    reader = opened(FILMS / "raw.h264")
    whole = read(reader, 0, 100)
    assert read(reader, 60, 70) == {number: whole[number] for number in range(60, 70)}
    reader.close()


def test_nothing_is_read_of_an_empty_span(clip: Make) -> None:
    reader = opened(clip("b-frames.mp4"))
    assert read(reader, 50, 50) == {}
    reader.close()


def test_a_file_that_is_another_one_is_refused(clip: Make) -> None:
    reader = opened(clip("b-frames.mp4"))
    film = replace(reader._film, sizes=reader._film.sizes[::-1])
    reader.close()
    other = FilmReader(clip("b-frames.mp4"), film)
    with pytest.raises(BadMedia):
        read(other, 60, 70)
    other.close()

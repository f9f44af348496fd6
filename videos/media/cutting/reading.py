"""Reading a film's packets again, from any of them on. Runs in child processes only."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import cast

import av.error
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from videos.media.cutting.index import FilmIndex
from videos.media.ffmpeg.command import MAX_PIXELS
from videos.media.ffmpeg.errors import BadMedia
from videos.media.probe.opening import open_media

# Formats that find a place by bytes alone, and how much before it reading begins: whole pictures
# come only after the first that is met in its middle.
BY_BYTES, MARGIN_BYTES = ("mpegts", "mpeg"), 400_000
_X264 = re.compile(rb"x264 - core (\d+)")
_OLD_X264 = 151
"""Builds before it wrote 4:4:4 pictures that decoders must be told of."""


def only(container: InputContainer, index: int) -> Stream:
    """One stream of a file; formats that can do so do not even read the others."""
    if index >= len(container.streams):
        raise BadMedia({"detail": "the file has changed"})
    for stream in container.streams:
        if stream.index != index:
            stream.discard = Discard.all
    return container.streams[index]


class FilmReader:
    """One film of an open file; several can read the same file, each with one of its own."""

    def __init__(self, path: Path, film: FilmIndex) -> None:
        self._path, self._film = path, film
        self.container: InputContainer = open_media(path)
        self.stream = self._only_film()

    def close(self) -> None:
        """Close the file."""
        self.container.close()

    def packets(self, first: int, until: int) -> Iterator[tuple[int, Packet[VideoStream]]]:
        """The packets [first, until) with their numbers."""
        for number, packet in self._from(first):
            if number >= until:
                return
            if number >= first:
                yield number, packet
            if number == until - 1:
                return

    def decoder(self, threads: int = 1) -> VideoCodecContext:
        """The decoder of the film, of which a reader has one."""
        options = {"max_pixels": str(MAX_PIXELS), **self._decoder_options()}
        context = self.stream.codec_context
        context.options = options
        context.thread_count = threads
        context.thread_type = "AUTO"
        return context

    def _decoder_options(self) -> dict[str, str]:
        """A packet from the middle does not tell who made it: the first one does."""
        if self._film.codec != "h264" or "444" not in (self.stream.pix_fmt or ""):
            return {}
        with contextlib.suppress(StopIteration, av.error.FFmpegError):
            first = next(packet for packet in self.container.demux(self.stream) if packet.size)
            match = _X264.search(bytes(first))
            if match and int(match[1]) < _OLD_X264:
                return {"x264_build": match[1].decode()}
        return {}

    def _from(self, first: int) -> Iterator[tuple[int, Packet[VideoStream]]]:
        """Every packet from `first` on, each checked against the index."""
        for seek in (self._seek_near, self._reopen):
            seek(first)
            following = first
            for number, packet in self._numbered():
                if number > following:
                    break  # too far, or another packet than expected: begin before it
                if number == following:
                    following += 1
                    yield number, packet
            if following > first:
                if following < len(self._film.sizes):
                    break
                return
        raise BadMedia({"detail": "the file has changed"})

    def _seek_near(self, first: int) -> None:
        film = self._film
        if not first:
            self._reopen(first)
        elif self.container.format.name in BY_BYTES:
            place = max(0, film.positions[first] - MARGIN_BYTES)
            self.container.seek(place, unsupported_byte_offset=True)
        else:
            key = film.keyframe_before(first)
            with contextlib.suppress(av.error.FFmpegError):
                self.container.seek(film.times[key], stream=self.stream)

    def _reopen(self, _first: int) -> None:
        """To the very beginning; not every format finds that by seeking."""
        self.container.close()
        self.container = open_media(self._path)
        self.stream = self._only_film()

    def _only_film(self) -> VideoStream:
        return cast("VideoStream", only(self.container, self._film.stream))

    def _numbered(self) -> Iterator[tuple[int, Packet[VideoStream]]]:
        number = -1
        for packet in self._sized():
            if number < 0:
                number = self._number_of(packet)
            elif not self._is(packet, number):
                return
            if number >= 0:
                yield number, packet
                number += 1

    def _sized(self) -> Iterator[Packet[VideoStream]]:
        """Packets with data in them; reading ends where the file is damaged."""
        with contextlib.suppress(av.error.FFmpegError, IndexError):
            for packet in self.container.demux(self.stream):
                if packet.size:
                    yield packet

    def _number_of(self, packet: Packet[VideoStream]) -> int:
        """Which packet of the index this is; -1 where it is none, as one met in its middle."""
        number = self._places.get(-1 if packet.pos is None else packet.pos, -1)
        return number if number >= 0 and self._is(packet, number) else -1

    def _is(self, packet: Packet[VideoStream], number: int) -> bool:
        film = self._film
        if number >= len(film.sizes) or packet.size != film.sizes[number]:
            return False
        here, there = -1 if packet.pos is None else packet.pos, film.positions[number]
        return min(here, there) < 0 or here == there

    @cached_property
    def _places(self) -> dict[int, int]:
        """The packet at each place of the file; of several the first."""
        positions = self._film.positions
        numbers = range(len(positions) - 1, -1, -1)
        return {positions[number]: number for number in numbers if positions[number] >= 0}

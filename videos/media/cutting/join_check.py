"""The check of a result around its joins: times as planned, pictures those of the source.

One second to both sides of each join is decoded. Child processes only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from videos.media.cutting import decoding, piece_file
from videos.media.cutting.planner import Copied, Encoded, FilmPlan
from videos.media.cutting.result_plan import FilmResult
from videos.media.cutting.small_copy import BYTES, ROUGHLY, Shrinker, are_alike
from videos.media.ffmpeg.errors import BadOutput
from videos.media.probe.opening import open_media

Pieces = Mapping[int, Path]
AROUND_SECONDS = 1
FURTHER_BACK = (0, 3, 12)
"""Seconds before a window at which decoding is tried: not every keyframe shows what follows it."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the result, in its ticks."""

    begin: int
    end: int


def check(out: Path, number: int, source: Path, film: FilmResult, pieces: Pieces) -> None:
    """Raise BadOutput where the film track of that number is not as planned around its joins.

    Encoded pictures are held against what was encoded; the first of each copied stretch against
    the source's, for the rest of such a stretch is the source's own packets. `pieces` are the files
    of the encoded pieces by their place in the plan.
    """
    plan = film.plan
    wanted = dict([*_of_pieces(plan, pieces), *_of_copies(source, film)])
    with open_media(out) as container:
        for window in windows(plan):
            required = [time for time in plan.times if window.begin <= time < window.end]
            found = _found(container, number, plan, window, required)
            if sorted(found) != required:
                at = float(window.begin * plan.tick)
                raise BadOutput(
                    {"detail": f"{len(found)} of {len(required)} pictures around {at:.2f} s"}
                )
            for time, copy in found.items():
                if time in wanted and not are_alike(copy, wanted[time]):
                    at = float(time * plan.tick)
                    raise BadOutput({"detail": f"another picture at {at:.3f} s"})


def _of_pieces(plan: FilmPlan, pieces: Pieces) -> Iterator[tuple[int, bytes]]:
    for place, path in pieces.items():
        piece = plan.pieces[place]
        copies = bytes.fromhex(piece_file.read_head(path).copies)
        if isinstance(piece, Encoded) and len(copies) == len(piece.pictures) * BYTES:
            for number, shown in enumerate(piece.pictures):
                yield shown.at, copies[number * BYTES : (number + 1) * BYTES]


def _of_copies(source: Path, film: FilmResult) -> Iterator[tuple[int, bytes]]:
    shrinker = Shrinker()
    for piece in film.plan.pieces[1:]:
        if isinstance(piece, Copied):
            rank = film.film.ranks[piece.first]
            for _rank, frame in decoding.pictures(source, film.film, [rank]):
                yield piece.at[0], shrinker.shrink(frame)


def windows(plan: FilmPlan) -> list[Window]:
    """Around the beginning of each piece but the first, those that touch as one."""
    around = round(AROUND_SECONDS / plan.tick)
    merged: list[Window] = []
    for piece in plan.pieces[1:]:
        at = min(piece.at) if isinstance(piece, Copied) else piece.pictures[0].at
        begin, end = max(0, at - around), at + around
        if merged and begin <= merged[-1].end:
            begin = merged.pop().begin
        merged.append(Window(begin, end))
    return merged


def _found(
    container: InputContainer, number: int, plan: FilmPlan, window: Window, required: Sequence[int]
) -> dict[int, bytes]:
    """Small grey copies of what the result shows in a window, by time."""
    found: dict[int, bytes] = {}
    shrinker = Shrinker()
    for further in FURTHER_BACK:
        begin = max(0, window.begin - round(further / plan.tick))
        found = {
            frame.pts: shrinker.shrink(frame)
            for frame in _decoded(container, number, begin, window)
            if frame.pts is not None and window.begin <= frame.pts < window.end
        }
        if len(found) >= len(required):
            break
    return found


def _decoded(
    container: InputContainer, number: int, begin: int, window: Window
) -> Iterator[VideoFrame]:
    """Pictures from a keyframe before `begin` on; before the window only what others need."""
    stream: VideoStream = container.streams.video[number]
    if not stream.codec_context.is_open:
        stream.codec_context.options = dict(ROUGHLY)
    skips = stream.codec_context.codec.canonical_name in decoding.SKIPPING
    container.seek(begin, stream=stream)
    with contextlib.suppress(av.error.FFmpegError):
        for packet in container.demux(stream):
            is_before = packet.pts is not None and packet.pts < window.begin and skips
            stream.codec_context.skip_frame = "NONREF" if is_before else "DEFAULT"
            for frame in packet.decode():
                yield frame
                # Pictures come in the order of time.
                if frame.pts is not None and frame.pts >= window.end:
                    return

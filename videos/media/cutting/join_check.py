"""The check of a result around its joins: times as planned, pictures those of the source.

One second to both sides of each join is decoded. Child processes only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import sub
from pathlib import Path

import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from videos.media.cutting import decoding
from videos.media.cutting.planner import Copied, FilmPlan
from videos.media.cutting.result_plan import FilmResult
from videos.media.ffmpeg.errors import BadOutput
from videos.media.probe.opening import open_media

AROUND_SECONDS = 1
SMALL = (32, 18)
MOST_UNLIKE = 12.0
"""Grey levels that a picture may be off in the mean: encoding costs one or two."""
FURTHER_BACK = (0, 3, 12)
"""Seconds before a window at which decoding is tried: not every keyframe shows what follows it."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the result, in its ticks."""

    begin: int
    end: int


def check(out: Path, number: int, source: Path, film: FilmResult, *, compares: bool) -> None:
    """Raise BadOutput where the film track of that number is not as planned.

    `compares`: hold pictures against the source's too; text that is drawn would differ.
    """
    plan, encoded = film.plan, _encoded_ranks(film.plan)
    with open_media(out) as container:
        for window in windows(plan):
            required = [time for time in plan.times if window.begin <= time < window.end]
            found = _found(container, number, plan, window, required)
            if sorted(found) != required:
                at = float(window.begin * plan.tick)
                raise BadOutput(
                    {"detail": f"{len(found)} of {len(required)} pictures around {at:.2f} s"}
                )
            if compares:
                _compare(found, encoded, source, film)


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
    reformatter = VideoReformatter()
    for further in FURTHER_BACK:
        begin = max(0, window.begin - round(further / plan.tick))
        found = {
            frame.pts: _small(frame, reformatter)
            for frame in _decoded(container, number, begin, window.end)
            if frame.pts is not None and window.begin <= frame.pts < window.end
        }
        if len(found) >= len(required):
            break
    return found


def _decoded(container: InputContainer, number: int, begin: int, end: int) -> Iterator[VideoFrame]:
    stream: VideoStream = container.streams.video[number]
    container.seek(begin, stream=stream)
    with contextlib.suppress(av.error.FFmpegError):
        for frame in container.decode(stream):
            yield frame
            # Pictures come in the order of time.
            if frame.pts is not None and frame.pts >= end:
                return


def _compare(
    found: Mapping[int, bytes], encoded: Mapping[int, int], source: Path, film: FilmResult
) -> None:
    """Encoded pictures only: copied ones are the source's own packets."""
    wanted: dict[int, list[int]] = {}
    for time in found:
        if time in encoded:
            wanted.setdefault(encoded[time], []).append(time)
    reformatter = VideoReformatter()
    for group in _close(sorted(wanted)):
        for rank, frame in decoding.pictures(source, film.film, group):
            own = _small(frame, reformatter)
            for time in wanted[rank]:
                unlike = sum(map(abs, map(sub, own, found[time]))) / len(own)
                if unlike > MOST_UNLIKE:
                    at = float(time * film.plan.tick)
                    raise BadOutput({"detail": f"another picture at {at:.3f} s"})


def _encoded_ranks(plan: FilmPlan) -> dict[int, int]:
    """The source's picture at each time of the result that is encoded."""
    return {shown.at: shown.rank for piece in plan.encoded for shown in piece.pictures}


def _close(ranks: Sequence[int]) -> Iterator[list[int]]:
    """Runs of ranks that lie so close that they are decoded in one go."""
    run: list[int] = []
    for rank in ranks:
        if run and rank - run[-1] > 100:
            yield run
            run = []
        run.append(rank)
    if run:
        yield run


def _small(frame: VideoFrame, reformatter: VideoReformatter) -> bytes:
    width, height = SMALL
    small = reformatter.reformat(frame, width, height, "gray", interpolation="FAST_BILINEAR")
    plane = small.planes[0]
    data, line = bytes(plane), plane.line_size
    return b"".join(data[row * line : row * line + width] for row in range(height))

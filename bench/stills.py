"""Thumbnails on a running server: as many as asked, each of its moment."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import av

from bench.clips import Clip
from bench.measured import Fact, Measured, equal, most
from bench.results import SAME_PICTURE_LEVELS, difference, first_frame, shown_at
from bench.watching import Bench

COUNT, WIDTH = 5, 320


def several(bench: Bench, clip: Clip, video_id: str, image_format: str) -> Measured:
    """Evenly spaced ones, and all in one file."""
    params = {"count": COUNT, "width": WIDTH, "format": image_format}
    run = bench.watch(
        video_id, "thumbnails", params, clip=clip, what=f"{COUNT} thumbnails {image_format}"
    )
    archive, *pictures = (bench.download(output) for output in run.outputs)
    length = clip.frames / float(clip.rate)
    moments = [length * (2 * n + 1) / (2 * COUNT) for n in range(COUNT)]
    with zipfile.ZipFile(archive) as packed:
        names = len(packed.namelist())
    return Measured(
        run,
        (
            equal("pictures, and packed", (len(pictures), names), (COUNT, COUNT)),
            *_facts(pictures, clip, moments),
        ),
    )


def one(bench: Bench, clip: Clip, video_id: str) -> Measured:
    """The picture at the cut's start."""
    params = {"time": clip.cut.start, "width": WIDTH}
    run = bench.watch(video_id, "thumbnails", params, clip=clip, what="one thumbnail")
    pictures = [bench.download(output) for output in run.outputs]
    return Measured(
        run, (equal("pictures", len(pictures), 1), *_facts(pictures, clip, [clip.cut.start]))
    )


def _facts(pictures: Sequence[Path], clip: Clip, moments: Sequence[float]) -> tuple[Fact, Fact]:
    shown = shown_at(clip.path, moments)
    off = [difference(first_frame(path), each) for path, each in zip(pictures, shown, strict=True)]
    return (
        equal("widths", {_width(path) for path in pictures}, {WIDTH}),
        most("off its moment's frame (levels)", max(off), SAME_PICTURE_LEVELS),
    )


def _width(path: Path) -> int:
    with av.open(str(path)) as container:
        return container.streams.video[0].width

"""Thumbnails: as many as wanted, each of its moment."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import av

from bench.main.edits import Edits
from bench.main.pictures import SAME_PICTURE_LEVELS, difference, first_picture

COUNT, WIDTH = 5, 320
FORMATS = ("jpeg", "png", "webp")


def one_thumbnail(edits: Edits) -> None:
    """The picture at the start of the clip's part."""
    run = edits.run("one thumbnail", "thumbnails", {"time": edits.clip.start, "width": WIDTH})
    _check(edits, "one thumbnail", run.files, [edits.clip.start])


def thumbnails(edits: Edits, image_format: str) -> None:
    """Evenly spaced ones, and all in one ZIP."""
    title = f"{COUNT} thumbnails {image_format}"
    params = {"count": COUNT, "width": WIDTH, "format": image_format}
    archive, *files = edits.run(title, "thumbnails", params).files
    with zipfile.ZipFile(archive) as packed:
        edits.check(f"{title}: in the ZIP", len(packed.namelist()), COUNT)
    spacing = edits.clip.seconds / COUNT
    _check(edits, title, files, [spacing * (number + 0.5) for number in range(COUNT)])


def _check(edits: Edits, title: str, files: Sequence[Path], moments: Sequence[float]) -> None:
    edits.check(f"{title}: pictures", len(files), len(moments))
    edits.check(f"{title}: widths", {_width(path) for path in files}, {WIDTH})
    pairs = zip(files, moments, strict=True)
    off = max(difference(first_picture(path), edits.clip.shown_at(at)) for path, at in pairs)
    wanted = f"<= {SAME_PICTURE_LEVELS:g} levels off the moment's frame"
    edits.check(f"{title}: each of its moment", f"{off:.2f}", wanted, off <= SAME_PICTURE_LEVELS)


def _width(path: Path) -> int:
    with av.open(str(path)) as container:
        return container.streams.video[0].width

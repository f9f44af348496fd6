"""Draw a storyboard in a child process: one picture of many small ones, and when each is shown.

python -m videos.media.jobs.storyboard SOURCE FOLDER FAILURE.json --duration-us N TIME...

A TIME is a keyframe's, in microseconds from the film's start. FOLDER gets `storyboard.jpg` and
`storyboard.vtt`, whose cues name parts of the picture as Media Fragments
(https://www.w3.org/TR/media-frags/#naming-space).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from videos.media.ffmpeg.errors import BadMedia
from videos.media.ffmpeg.progress import Report
from videos.media.jobs.child import Reporter, child_command, run_child

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

SPRITE, CUES = "storyboard.jpg", "storyboard.vtt"
WIDTH, HIGHEST, COLUMNS = 160, 640, 10


@dataclass(frozen=True, slots=True)
class Spec:
    """Which keyframes; all in microseconds from the film's start, whose timestamp is `start_us`."""

    times: Sequence[int]
    start_us: int
    duration_us: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A small picture and the moment from which it stands for the film (microseconds)."""

    time_us: int
    picture: VideoFrame


def storyboard_command(source: Path, folder: Path, failure: Path, spec: Spec) -> list[str]:
    """The command that draws into `folder`, or says in `failure` why it cannot."""
    return child_command(
        "storyboard",
        *(str(source), str(folder), str(failure)),
        f"--start-us={spec.start_us}",
        f"--duration-us={spec.duration_us}",
        *map(str, spec.times),
    )


def draw(source: Path, folder: Path, spec: Spec, reporter: Reporter) -> None:
    """Write picture and cues; a keyframe that cannot be decoded is left out."""
    from videos.media.jobs import picture  # noqa: PLC0415 (PyAV, which the server must not load)

    tiles: list[Tile] = []
    for done, tile in enumerate(_tiles(source, spec), start=1):
        if tile is not None and (not tiles or tile.time_us > tiles[-1].time_us):
            tiles.append(tile)
        reporter.report(Report(frame=done))
    if not tiles:
        raise BadMedia({"detail": "no frame can be decoded"})
    width, height = tiles[0].picture.width, tiles[0].picture.height
    picture.write(folder / SPRITE, picture.encode(_sprite(tiles, width, height)))
    times = [tile.time_us for tile in tiles]
    (folder / CUES).write_text(_cues(times, spec.duration_us, width, height))


def _tiles(source: Path, spec: Spec) -> Iterator[Tile | None]:
    import av.error  # noqa: PLC0415
    from av.video.reformatter import VideoReformatter  # noqa: PLC0415

    from videos.media.jobs import picture  # noqa: PLC0415
    from videos.media.probe import opening  # noqa: PLC0415
    from videos.media.probe.describe import pixel_shape  # noqa: PLC0415

    size: tuple[int, int] | None = None
    reformatter = VideoReformatter()
    opening.inspect(source)
    with opening.open_media(source) as container:
        stream = picture.first_film(container)
        for time_us in spec.times:
            try:
                container.seek(time_us + spec.start_us)
            except av.error.FFmpegError:
                yield None
                continue
            frame = opening.first_picture(container, stream)
            if frame is None:
                yield None
                continue
            at = _moment(frame, time_us, spec.start_us)
            small = _small(frame, pixel_shape(stream))
            size = size or (small.width, small.height)
            if (small.width, small.height) != size:  # the film changes its size on the way
                small = reformatter.reformat(small, *size)
            yield Tile(at, small)


def _small(frame: VideoFrame, shape: Fraction) -> VideoFrame:
    """A tile; a very tall picture gets a narrower one."""
    from videos.media.jobs import picture  # noqa: PLC0415

    small = picture.shown(frame, shape, WIDTH)
    if small.height <= HIGHEST:
        return small
    return picture.shown(frame, shape, small.width * HIGHEST // small.height)


def _moment(frame: VideoFrame, target_us: int, start_us: int) -> int:
    """When the picture is shown; as wanted where it does not say."""
    if frame.pts is None or frame.time_base is None:
        return target_us
    return max(0, round(frame.pts * frame.time_base * 1_000_000) - start_us)


def _sprite(tiles: Sequence[Tile], width: int, height: int) -> VideoFrame:
    """All tiles row by row on one picture; what is left over is black."""
    from av.video.frame import VideoFrame  # noqa: PLC0415

    columns = min(COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    sprite = VideoFrame(width * columns, height * rows, tiles[0].picture.format.name)
    for number, plane in enumerate(sprite.planes):
        blank = 128 if number else 0
        canvas = bytearray([blank]) * plane.buffer_size
        for place, tile in enumerate(tiles):
            part = tile.picture.planes[number]
            left, top = place % columns * part.width, place // columns * part.height
            content = bytes(part)
            for row in range(part.height):
                at = (top + row) * plane.line_size + left
                begin = row * part.line_size
                canvas[at : at + part.width] = content[begin : begin + part.width]
        plane.update(bytes(canvas))
    return sprite


def _cues(times: Sequence[int], duration_us: int, width: int, height: int) -> str:
    """Each tile from its time to the next one's; the first from the start, the last to the end."""
    starts = [0, *times[1:]]
    lines = ["WEBVTT", ""]
    for place, (start, end) in enumerate(zip(starts, [*starts[1:], duration_us], strict=True)):
        x, y = place % COLUMNS * width, place // COLUMNS * height
        lines += [
            f"{_timestamp(start)} --> {_timestamp(end)}",
            f"{SPRITE}#xywh={x},{y},{width},{height}",
            "",
        ]
    return "\n".join(lines)


def _timestamp(time_us: int) -> str:
    """As WebVTT writes it (https://www.w3.org/TR/webvtt1/#webvtt-timestamp)."""
    ms = time_us // 1000
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def main(argv: list[str]) -> int:
    """Draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("failure", type=Path)
    parser.add_argument("--start-us", type=int, default=0)
    parser.add_argument("--duration-us", type=int, required=True)
    parser.add_argument("times", nargs="+", type=int)
    options = parser.parse_args(argv)
    spec = Spec(options.times, options.start_us, options.duration_us)
    return run_child(
        lambda: draw(options.source, options.folder, spec, Reporter()), options.failure
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

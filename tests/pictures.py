"""Pictures as they are shown: what is drawn where, and what a text looks like in our font."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from videos.media.ffmpeg.command import ffmpeg_path
from videos.media.fonts import SANS
from videos.media.subtitles.cues import Cue, Run
from videos.media.subtitles.writing import Style, ass

# Where two pictures differ by more of 255 levels, something is drawn and not merely encoded anew.
DRAWN_LEVELS = 60
GREY = ("-f", "lavfi", "-i", "color=0x606060:size=320x240:duration=1")
# A character of the private use area: no font has it, so that its sign for a lack is drawn.
LACKED = "\ue000"


@dataclass(frozen=True, slots=True)
class Picture:
    """The luma row by row; sides in pixels."""

    luma: bytes
    width: int
    height: int


def shown(path: Path, at: float) -> Picture:
    """The first picture from that second on."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= at - 0.001:
                return _grey(frame)
    raise AssertionError(f"nothing is shown at {at} s")


def _grey(frame: av.VideoFrame) -> Picture:
    plane = frame.reformat(format="gray").planes[0]
    rows, width, height = bytes(plane), frame.width, frame.height
    luma = b"".join(rows[y * plane.line_size :][:width] for y in range(height))
    return Picture(luma, width, height)


def differing(one: Picture, other: Picture, level: int = DRAWN_LEVELS) -> set[tuple[int, int]]:
    """The places (x, y) at which two pictures of one size differ by more than `level`."""
    return {
        (place % one.width, place // one.width)
        for place, (a, b) in enumerate(zip(one.luma, other.luma, strict=True))
        if abs(a - b) > level
    }


def lit(path: Path, at: float, level: int = DRAWN_LEVELS) -> set[tuple[int, int]]:
    """The places that differ from a plain picture's first pixel."""
    found = shown(path, at)
    plain = Picture(found.luma[:1] * len(found.luma), found.width, found.height)
    return differing(found, plain, level)


def drawn(
    folder: Path,
    text: str,
    *,
    size: float = 60,
    under: Sequence[str] = GREY,
    width: int = 320,
    height: int = 240,
) -> Path:
    """A text drawn on the first picture of the input `under`, without leaving anything out.

    `size` in pixels; white with an outline of 0.3 % of the height, at the bottom.
    """
    cue = Cue(0, 5000, (Run(text),))
    style = Style(width=width, height=height, size=size, outline=height * 3 / 1000)
    # A stand-in is written, since the writer leaves out what the font lacks.
    written = ass([Cue(0, 5000, (Run("x"),))], style).replace(",,x", f",,{cue.plain}")
    (folder / "shape.ass").write_text(written)
    (folder / "only").mkdir(exist_ok=True)
    (folder / "only" / SANS.name).unlink(missing_ok=True)
    (folder / "only" / SANS.name).symlink_to(SANS)
    graph = ("-vf", "subtitles=filename=shape.ass:fontsdir=only")
    argv = [ffmpeg_path(), "-nostdin", "-y", "-v", "error", *under, *graph, "-frames:v", "1"]
    subprocess.run([*argv, "-an", "-qp", "0", "shape.mp4"], cwd=folder, check=True)
    return folder / "shape.mp4"


def alike(one: set[tuple[int, int]], other: set[tuple[int, int]]) -> float:
    """How much of both is common to both, 0 to 1."""
    return len(one & other) / max(1, len(one | other))

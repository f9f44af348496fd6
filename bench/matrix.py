"""The films and edits over which truth is measured."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clips import bunny
from videos.media.ffmpeg.command import ffmpeg_path

LENGTHS = (2, 30, 180)
SIZES = ("640x360", "1280x720")
CONTENTS = ("real", "synthetic")
SRT_STEP, SRT_SHOWN = 4, 2
ENCODED = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50")


@dataclass(frozen=True, slots=True)
class Film:
    """One source of the matrix."""

    path: Path
    content: str
    size: str
    seconds: int

    @property
    def title(self) -> str:
        """For the table."""
        return f"{self.content} {self.size.partition('x')[2]}p {self.seconds} s"


@dataclass(frozen=True, slots=True)
class Asked:
    """One edit of the matrix: operation and params; `subtitles` where they are needed."""

    title: str
    operation: str
    params: dict[str, Any]
    subtitles: bool = False


def films(folder: Path, lengths: tuple[int, ...] = LENGTHS) -> Iterator[Film]:
    """All of them, made one after the other: a film that repeats, and a drawn one."""
    for content in CONTENTS:
        for size in SIZES:
            for seconds in lengths:
                yield _film(folder, content, size, seconds)


def edits(film: Film) -> list[Asked]:
    """Everything that is done to a film."""
    middle = {"startTime": film.seconds / 4, "endTime": film.seconds * 3 / 4}
    whole = {"startTime": 0, "endTime": film.seconds}
    return [
        Asked("trim fast", "trim", {**middle, "mode": "fast"}),
        Asked("trim exact", "trim", {**middle, "mode": "exact"}),
        Asked("re-encode", "trim", {**whole, "mode": "exact"}),
        Asked("burn", "burn_subtitles", {}, subtitles=True),
        Asked("attach", "mux_subtitles", {}, subtitles=True),
        Asked("10 thumbnails", "thumbnails", {"count": 10, "width": 320}),
    ]


def subtitles(film: Film) -> bytes:
    """A Korean line every four seconds."""
    starts = range(0, film.seconds, SRT_STEP)
    return "".join(
        f"{n + 1}\n{_time(start)} --> {_time(start + SRT_SHOWN)}\n자막 {n + 1}\n\n"
        for n, start in enumerate(starts)
    ).encode()


def _time(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02},000"


def _film(folder: Path, content: str, size: str, seconds: int) -> Film:
    path = folder / f"{content}-{size}-{seconds}.mp4"
    if content == "real":
        source = [
            "-stream_loop",
            "-1",
            "-i",
            str(bunny()),
            "-vf",
            f"scale={size.replace('x', ':')}",
        ]
    else:
        drawn = f"testsrc2=size={size}:rate=30"
        source = ["-f", "lavfi", "-i", drawn, "-f", "lavfi", "-i", "sine=frequency=440"]
    argv = [ffmpeg_path(), "-nostdin", "-v", "error", *source, "-t", str(seconds), *ENCODED]
    subprocess.run([*argv, "-c:a", "aac", str(path)], check=True)
    return Film(path, content, size, seconds)

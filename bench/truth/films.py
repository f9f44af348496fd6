"""The films and edits over which truth is measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.harness.clips import drawn, filmed

LENGTHS = (2, 30, 180)
SIZES = ("640x360", "1280x720")
CONTENTS = {"real": filmed, "synthetic": drawn}
CUE_EVERY, CUE_SHOWN = 4, 2


@dataclass(frozen=True, slots=True)
class Film:
    """One source of the matrix."""

    path: Path
    title: str
    seconds: int


def films(folder: Path, lengths: Sequence[int]) -> Iterator[Film]:
    """All of them, made one after the other: a film that repeats, and a drawn one."""
    for content, make in CONTENTS.items():
        for size in SIZES:
            for seconds in lengths:
                path = make(folder / f"{content}-{size}-{seconds}.mp4", size, seconds)
                yield Film(path, f"{content} {size.partition('x')[2]}p {seconds} s", seconds)


def half(film: Film) -> dict[str, Any]:
    """An exact cut of the middle half."""
    return {"startTime": film.seconds / 4, "endTime": film.seconds * 3 / 4, "mode": "exact"}


def whole(film: Film) -> dict[str, Any]:
    """A new encode of everything."""
    return {"startTime": 0, "endTime": film.seconds, "mode": "exact"}


def edits(film: Film, subtitles_id: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Everything that is done to a film: operation and params by title."""
    return {
        "trim fast": ("trim", {**half(film), "mode": "fast"}),
        "trim exact": ("trim", half(film)),
        "re-encode": ("trim", whole(film)),
        "burn": ("burn_subtitles", {"subtitles": subtitles_id}),
        "attach": ("mux_subtitles", {"subtitles": [subtitles_id]}),
        "10 thumbnails": ("thumbnails", {"count": 10, "width": 320}),
    }


def subtitles(film: Film) -> bytes:
    """A Korean line every four seconds."""
    starts = range(0, film.seconds, CUE_EVERY)
    return "".join(
        f"{n}\n{_time(start)} --> {_time(start + CUE_SHOWN)}\n자막 {n}\n\n"
        for n, start in enumerate(starts, start=1)
    ).encode()


def _time(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02},000"

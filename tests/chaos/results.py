"""Compares what a task made with what the same edit made when nothing was in its way."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import av

from tests.chaos.books import Books, plain

FRAME_SECONDS = 1 / 25


@dataclass(frozen=True, slots=True)
class Made:
    """One published file."""

    kind: str
    name: str
    path: Path

    @property
    def first_name(self) -> str:
        """Its name without what tells it from others of its video, which depends on their order."""
        return self.name.partition(" ")[0].partition(".")[0]

    @property
    def digest(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def made_by_all(books: Books, library: Path) -> dict[str, list[Made]]:
    """The files of each task (ids as SQLite keeps them) by its rows, in their order."""
    made: dict[str, list[Made]] = {}
    query = "select task_id, kind, name, key from videos_output order by task_id, position"
    for task_id, kind, name, key in books.rows(query):
        made.setdefault(plain(task_id), []).append(Made(kind, name, library / key))
    return made


class Yardstick:
    """The files of a fault-free run, by the edit's name."""

    def __init__(self, made: Mapping[str, list[Made]]) -> None:
        self._made = made
        self._digests = {name: [each.digest for each in files] for name, files in made.items()}

    def compare(self, edit: str, files: list[Made]) -> str:
        """Bit by bit, else by streams, frames and duration; in what they differ, "" for nothing."""
        wanted = self._made[edit]
        if [each.first_name for each in files] != [each.first_name for each in wanted]:
            return f"files {[each.name for each in files]}"
        if not all(each.path.exists() for each in files):
            return "a file is missing"
        if [each.digest for each in files] == self._digests[edit]:
            return ""
        pairs = zip(files, wanted, strict=True)
        unlike = [ours.name for ours, theirs in pairs if not _equal(ours.path, theirs.path)]
        return f"differs in {unlike}" if unlike else ""


def _equal(ours: Path, theirs: Path) -> bool:
    """Archives by what is in them, all else by what a decoder finds."""
    if zipfile.is_zipfile(ours):
        return _contents(ours) == _contents(theirs)
    mine, other = _decoded(ours), _decoded(theirs)
    near = abs(mine[1] - other[1]) < FRAME_SECONDS
    return mine[0] == other[0] and near


def _contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _decoded(path: Path) -> tuple[list[tuple[str, str, int]], float]:
    """Kind, codec and number of frames (of packets for text) of each stream; seconds."""
    streams: list[tuple[str, str, int]] = []
    with av.open(str(path)) as container:
        for stream in container.streams:
            container.seek(0)
            packets = list(container.demux(stream))
            if stream.type == "subtitle":
                count = sum(1 for packet in packets if packet.size)
            else:
                count = sum(len(packet.decode()) for packet in packets)
            streams.append((stream.type, stream.codec_context.name, count))
        return streams, (container.duration or 0) / 1_000_000

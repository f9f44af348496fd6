"""How a film is turned for showing: the matrix of a picture, and of an MP4's track header."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

MATRIX = struct.Struct("<9i")
STORED = struct.Struct(">9i")
UPRIGHT = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
# From the header's content to its matrix, by version (ISO/IEC 14496-12, 8.3.2).
_TO_MATRIX = {0: 40, 1: 52}


def matrix_of(picture: VideoFrame) -> tuple[int, ...]:
    """The matrix that a picture carries; nothing where it is upright."""
    from av.sidedata.sidedata import SideData  # noqa: PLC0415 (PyAV, which the server must not load)

    data = picture.side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return ()
    found = MATRIX.unpack(bytes(data)[: MATRIX.size])
    return () if found == UPRIGHT else found


def turn(path: Path, matrices: dict[int, tuple[int, ...]]) -> None:
    """Write the matrix of each of these tracks (0: the first) into an MP4's header."""
    if not any(matrices.values()):
        return
    with path.open("r+b") as file:
        headers = list(_track_headers(file))
        for track, matrix in matrices.items():
            if matrix:
                file.seek(headers[track])
                file.write(STORED.pack(*matrix))


def _track_headers(file: BinaryIO) -> list[int]:
    """Where the matrix of each track lies."""
    found = []
    for kind, begin, end in _boxes(file, 0, None):
        if kind != b"moov":
            continue
        for inner, inner_begin, inner_end in _boxes(file, begin, end):
            if inner != b"trak":
                continue
            for box, content, _ in _boxes(file, inner_begin, inner_end):
                if box == b"tkhd":
                    file.seek(content)
                    found.append(content + _TO_MATRIX[file.read(1)[0]])
    return found


def _boxes(file: BinaryIO, begin: int, end: int | None) -> list[tuple[bytes, int, int]]:
    """Kind, content and end of each box in a stretch of the file (ISO/IEC 14496-12, 4.2)."""
    boxes = []
    while end is None or begin + 8 <= end:
        file.seek(begin)
        head = file.read(16)
        if len(head) < 8:
            break
        size, content = int.from_bytes(head[:4], "big"), begin + 8
        if size == 1:
            size, content = int.from_bytes(head[8:16], "big"), begin + 16
        if size < 8:
            break
        boxes.append((head[4:8], content, begin + size))
        begin += size
    return boxes

"""What the first bytes and the outer boxes of a file show, before any demuxer is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEAD_BYTES = 4096
_BOM = b"\xef\xbb\xbf"
_LISTS = re.compile(
    rb"#EXTM3U|ffconcat\s+version|;FFMETADATA|\[playlist\]|\[InternetShortcut\]|\[Reference\]"
    rb"|v=0\r?\n[ois]=|<\?xml|<(MPD|svg|SmoothStreamingMedia|ASX|smil|html|!DOCTYPE)\b",
    re.IGNORECASE,
)
_QUICKTIME = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"})
# Where an index may stand: a movie box, or fragments that each bring their own.
_INDEX = frozenset({b"moov", b"moof"})
_BOX_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Boxes:
    """The outer boxes of an MP4 or MOV file."""

    indexed: bool
    """Whether there is an index, without which nothing can be read."""
    cut: bool
    """Whether a box is announced to reach past the end of the file."""


def head_of(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def is_list(head: bytes) -> bool:
    """Whether it is a playlist, manifest, script or drawing rather than a media file."""
    return _LISTS.match(head.removeprefix(_BOM).lstrip()) is not None


def is_webm(head: bytes) -> bool:
    """Whether a Matroska header names its document type WebM (RFC 8794, DocType 0x4282)."""
    match = re.search(rb"\x42\x82.webm", head[:256], re.DOTALL)
    return head.startswith(b"\x1a\x45\xdf\xa3") and match is not None


def boxes_of(path: Path, head: bytes) -> Boxes | None:
    """The outer boxes; None where the file is not of the MP4 family."""
    if head[4:8] not in _QUICKTIME:
        return None
    size = path.stat().st_size
    indexed = cut = False
    with path.open("rb") as file:
        for kind, end in _walk(file, size):
            indexed = indexed or (kind in _INDEX and end <= size)
            cut = cut or end > size
    return Boxes(indexed=indexed, cut=cut)


def _walk(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Kind and end of each outer box (ISO/IEC 14496-12, 4.2)."""
    start = 0
    for _ in range(_BOX_LIMIT):
        file.seek(start)
        header = file.read(16)
        if len(header) < 8:
            return
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        end = start + length if length else size
        if end < start + 8:
            return
        yield kind, end
        start = end

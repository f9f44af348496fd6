"""A piece on disk: encoded pictures that wait for the join, each with its time.

One line of JSON, then for each packet its time (8 bytes), flags (1) and length (4), then its data;
at the end a digest of all before it. Times are exact in any tick, which no media container is.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PACKET = struct.Struct("<qBI")
DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class PieceHead:
    """What a piece says of itself."""

    codec: str
    extradata: str
    """Hex: what a decoder needs beside the packets."""
    times: tuple[int, ...]
    """Of its packets in their order: ticks from the piece's first picture."""
    copies: str = ""
    """Hex: small copies of what was encoded, in the order of time, one behind the other."""


@dataclass(frozen=True, slots=True)
class PiecePacket:
    """One encoded picture; its time counts from the piece's first picture."""

    time: int
    is_key: bool
    data: bytes


class DamagedPieceError(Exception):
    """The file is not whole, or not what was written."""


def write(path: Path, head: PieceHead, packets: Sequence[PiecePacket]) -> None:
    """Write a piece whole and synced, or not at all."""
    digest = hashlib.sha256()
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        for part in _parts(head, packets):
            digest.update(part)
            file.write(part)
        file.write(digest.digest())
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _parts(head: PieceHead, packets: Sequence[PiecePacket]) -> Iterator[bytes]:
    yield json.dumps(asdict(head)).encode() + b"\n"
    for packet in packets:
        yield PACKET.pack(packet.time, packet.is_key, len(packet.data))
        yield packet.data


def read_head(path: Path) -> PieceHead:
    """What a piece says of itself. Raises DamagedPieceError."""
    with path.open("rb") as file:
        return _head(file.readline())


def is_whole(path: Path) -> bool:
    """Whether a piece is there, and every byte of it as it was written."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size - DIGEST_BYTES
            digest, left = hashlib.sha256(), size
            while left > 0:
                part = file.read(min(left, 1 << 20))
                digest.update(part)
                left -= len(part)
            return size > 0 and file.read() == digest.digest()
    except OSError:
        return False


def read(path: Path) -> Iterator[PiecePacket]:
    """Its packets, one by one. Raises DamagedPieceError."""
    with path.open("rb") as file:
        head = _head(file.readline())
        for _ in head.times:
            entry = file.read(PACKET.size)
            if len(entry) < PACKET.size:
                raise DamagedPieceError
            time, is_key, length = PACKET.unpack(entry)
            data = file.read(length)
            if len(data) < length:
                raise DamagedPieceError
            yield PiecePacket(time, bool(is_key), data)


def _head(line: bytes) -> PieceHead:
    try:
        said = json.loads(line)
        return PieceHead(said["codec"], said["extradata"], tuple(said["times"]), said["copies"])
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedPieceError from error

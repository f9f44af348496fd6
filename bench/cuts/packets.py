"""What a packet's bytes are, however they are framed: Annex B or with lengths before each unit."""

from __future__ import annotations

import hashlib
import re

_START_CODE = re.compile(rb"\x00\x00\x01")


class Framing:
    """How packets of one H.264 or HEVC film are read; other codecs count as they are."""

    def __init__(self, codec: str, extradata: bytes | None) -> None:
        self._codec = codec
        self._length_size = _length_size(codec, extradata or b"")

    def digest(self, packet: bytes) -> bytes:
        """Of the coded picture alone: parameter sets, delimiters and messages are left out."""
        kept = packet
        if self._codec in {"h264", "hevc"}:
            kept = b"\x00\x00\x01".join(self._pictures(packet)) or packet
        elif self._codec == "aac" and len(packet) > 9 and packet[:1] == b"\xff":
            # A transport stream has a header before each packet, an MP4 has none.
            kept = packet[7 if packet[1] & 1 else 9 :] if packet[1] >> 4 == 15 else packet
        return hashlib.blake2b(kept, digest_size=12).digest()

    def _pictures(self, packet: bytes) -> list[bytes]:
        return [unit for unit in self._units(packet) if self._is_picture(unit)]

    def _units(self, packet: bytes) -> list[bytes]:
        if self._length_size:
            return _by_length(packet, self._length_size)
        return [unit.rstrip(b"\x00") for unit in _START_CODE.split(packet)[1:]]

    def _is_picture(self, unit: bytes) -> bool:
        if not unit:
            return False
        if self._codec == "h264":
            return 1 <= unit[0] & 31 <= 5
        return unit[0] >> 1 & 63 < 32


def _length_size(codec: str, extradata: bytes) -> int:
    """How many bytes say a unit's length; 0 for start codes."""
    if codec == "h264" and len(extradata) > 6 and extradata[0] == 1:
        return (extradata[4] & 3) + 1
    if codec == "hevc" and len(extradata) > 22 and extradata[0] == 1:
        return (extradata[21] & 3) + 1
    return 0


def _by_length(packet: bytes, size: int) -> list[bytes]:
    units, at = [], 0
    while at + size <= len(packet):
        length = int.from_bytes(packet[at : at + size], "big")
        units.append(packet[at + size : at + size + length].rstrip(b"\x00"))
        at += size + length
    return units

"""NAL units of H.264 and HEVC: what a packet holds, and what the order of its pictures is.

ISO/IEC 14496-10 (H.264), ISO/IEC 23008-2 (HEVC), ISO/IEC 14496-15 (their records in MP4). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

H264, HEVC = "h264", "hevc"
CODECS = (H264, HEVC)
"""Whose pictures can be copied beside encoded ones."""
START_CODE = b"\x00\x00\x01"
H264_IDR, H264_SPS, H264_PPS = 5, 7, 8
H264_SLICES = frozenset({1, 2, 5})
HEVC_IDR = frozenset({16, 17, 18, 19, 20})
"""BLA and IDR: pictures after which nothing refers to what came before."""
HEVC_BLA = 18
HEVC_CRA, HEVC_VPS, HEVC_SPS, HEVC_PPS, HEVC_END_OF_SEQUENCE = 21, 32, 33, 34, 36
HEVC_SETS = frozenset({HEVC_VPS, HEVC_SPS, HEVC_PPS})
H264_SETS = frozenset({H264_SPS, H264_PPS})


def units_of(data: bytes, prefix: int) -> Iterator[bytes]:
    """The NAL units of a packet; `prefix` bytes say each one's length, 0: Annex B start codes."""
    return _between_start_codes(data) if not prefix else _behind_lengths(data, prefix)


def _behind_lengths(data: bytes, prefix: int) -> Iterator[bytes]:
    place = 0
    while place + prefix <= len(data):
        length = int.from_bytes(data[place : place + prefix], "big")
        place += prefix
        if length:
            yield data[place : place + length]
        place += length


def _between_start_codes(data: bytes) -> Iterator[bytes]:
    begin = data.find(START_CODE)
    while begin >= 0:
        begin += len(START_CODE)
        end = data.find(START_CODE, begin)
        unit = data[begin : end if end >= 0 else len(data)].rstrip(b"\x00")
        if unit:
            yield unit
        begin = end


def kind_of(codec: str, unit: bytes) -> int:
    """The type of a NAL unit."""
    return unit[0] & 31 if codec == H264 else unit[0] >> 1 & 63


def kinds_of(codec: str, data: bytes, prefix: int) -> frozenset[int]:
    """The types of all units in a packet."""
    return frozenset(kind_of(codec, unit) for unit in units_of(data, prefix))


def as_splice_point(unit: bytes) -> bytes:
    """A slice of an HEVC entry (CRA) as one of a splice point without leading pictures (BLA)."""
    if kind_of(HEVC, unit) != HEVC_CRA:
        return unit
    return bytes((HEVC_BLA << 1 | unit[0] & 0x81,)) + unit[1:]


def with_lengths(units: Iterable[bytes]) -> bytes:
    """Units as MP4 holds them: behind their length in four bytes."""
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


@dataclass(frozen=True, slots=True)
class Sets:
    """The parameter sets of a film, and how many bytes say a unit's length in its packets."""

    prefix: int
    units: tuple[bytes, ...]

    def of_kind(self, codec: str, kind: int) -> tuple[bytes, ...]:
        """Those of one type."""
        return tuple(unit for unit in self.units if kind_of(codec, unit) == kind)


def sets_of(codec: str, extradata: bytes) -> Sets:
    """What stands beside the packets: avcC or hvcC, or units behind start codes, or nothing."""
    if codec not in CODECS:
        return Sets(0, ())
    if not extradata or extradata[0] != 1:
        kinds = H264_SETS if codec == H264 else HEVC_SETS
        units = _between_start_codes(extradata)
        return Sets(0, tuple(unit for unit in units if kind_of(codec, unit) in kinds))
    return _avcc(extradata) if codec == H264 else _hvcc(extradata)


def _avcc(record: bytes) -> Sets:
    """ISO/IEC 14496-15, 5.3.3.1.2."""
    sequences, place = _counted(record, 6, record[5] & 31)
    pictures, _ = _counted(record, place + 1, record[place])
    return Sets((record[4] & 3) + 1, (*sequences, *pictures))


def _counted(record: bytes, place: int, count: int) -> tuple[list[bytes], int]:
    """So many units behind two bytes of length each, and where they end."""
    units = []
    for _ in range(count):
        length = int.from_bytes(record[place : place + 2], "big")
        units.append(record[place + 2 : place + 2 + length])
        place += 2 + length
    return units, place


def _hvcc(record: bytes) -> Sets:
    """ISO/IEC 14496-15, 8.3.3.1.2."""
    place, units = 23, list[bytes]()
    for _ in range(record[22]):
        count = int.from_bytes(record[place + 1 : place + 3], "big")
        kind = record[place] & 63
        found, place = _counted(record, place + 3, count)
        units += found if kind in HEVC_SETS else []
    return Sets((record[21] & 3) + 1, tuple(units))


def avcc(sets: Iterable[bytes]) -> bytes:
    """The record of an H.264 film in an MP4, for units behind four bytes of length."""
    units = list(dict.fromkeys(sets))
    sps = [unit for unit in units if kind_of(H264, unit) == H264_SPS]
    pps = [unit for unit in units if kind_of(H264, unit) == H264_PPS]
    head = bytes((1, *sps[0][1:4], 0xFF, 0xE0 | len(sps)))
    body = b"".join(len(unit).to_bytes(2, "big") + unit for unit in sps)
    tail = b"".join(len(unit).to_bytes(2, "big") + unit for unit in pps)
    return head + body + bytes((len(pps),)) + tail + _chroma(sps[0])


def _chroma(sps: bytes) -> bytes:
    """What the record of a High profile ends with: chroma format and bit depths."""
    if sps[1] not in (100, 110, 122, 144, 244):
        return b""
    read = sequence(sps)
    depth = (0xF8 | read.luma_depth - 8, 0xF8 | read.chroma_depth - 8)
    return bytes((0xFC | read.chroma, *depth, 0))


class Bits:
    """Reads bit by bit, over the bytes that keep start codes out."""

    def __init__(self, unit: bytes) -> None:
        self._data = unit.replace(b"\x00\x00\x03", b"\x00\x00")
        self._place = 0

    def take(self, count: int) -> int:
        """So many bits as a number."""
        value = 0
        for place in range(self._place, self._place + count):
            value = value << 1 | (self._data[place >> 3] >> (7 - (place & 7)) & 1)
        self._place += count
        return value

    def number(self) -> int:
        """An unsigned Exp-Golomb number (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """A signed Exp-Golomb number."""
        value = self.number()
        return (value + 1) // 2 if value & 1 else -(value // 2)


@dataclass(frozen=True, slots=True)
class Sequence:
    """What an H.264 sequence parameter set says (7.3.2.1.1), as far as cutting needs it."""

    id: int
    chroma: int
    luma_depth: int
    chroma_depth: int
    frame_number_bits: int
    order_kind: int
    order_bits: int
    frames_only: bool
    separate_planes: bool


def sequence(sps: bytes) -> Sequence:
    """Read a sequence parameter set."""
    bits = Bits(sps)
    bits.take(8)
    profile = bits.take(8)
    bits.take(16)
    number, chroma, luma, chroma_depth, separate = bits.number(), 1, 8, 8, False
    if profile in (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135):
        chroma = bits.number()
        separate = chroma == 3 and bool(bits.take(1))
        luma, chroma_depth = 8 + bits.number(), 8 + bits.number()
        bits.take(1)
        if bits.take(1):
            _skip_scaling(bits, 12 if chroma == 3 else 8)
    frame_number_bits, kind, order_bits = bits.number() + 4, bits.number(), 0
    if kind == 0:
        order_bits = bits.number() + 4
    elif kind == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.number()):
            bits.signed()
    bits.number()
    bits.take(1)
    bits.number()
    bits.number()
    return Sequence(
        id=number,
        chroma=chroma,
        luma_depth=luma,
        chroma_depth=chroma_depth,
        frame_number_bits=frame_number_bits,
        order_kind=kind,
        order_bits=order_bits,
        frames_only=bool(bits.take(1)),
        separate_planes=separate,
    )


def _skip_scaling(bits: Bits, lists: int) -> None:
    for place in range(lists):
        if not bits.take(1):
            continue
        last = following = 8
        for _ in range(16 if place < 6 else 64):
            if following:
                following = (last + bits.signed()) % 256
            last = following or last


@dataclass(frozen=True, slots=True)
class Slice:
    """The head of an H.264 slice."""

    order: int
    """The low bits of its picture's place in the order of showing."""
    is_field: bool


def first_slice(units: Iterable[bytes], sps: Sequence) -> Slice | None:
    """The first slice of a packet (7.3.3); None where it holds none."""
    for unit in units:
        if unit[0] & 31 not in H264_SLICES:
            continue
        bits = Bits(unit[:64])
        bits.take(8)
        for _ in range(3):
            bits.number()
        bits.take(2 if sps.separate_planes else 0)
        bits.take(sps.frame_number_bits)
        is_field = not sps.frames_only and bool(bits.take(1))
        if is_field:
            bits.take(1)
        if unit[0] & 31 == H264_IDR:
            bits.number()
        return Slice(bits.take(sps.order_bits), is_field)
    return None

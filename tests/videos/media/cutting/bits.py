"""Bit strings of H.264 for tests: parameter sets and slices as far as they are read."""

from __future__ import annotations

from typing import Self


class BitWriter:
    """Writes bit by bit."""

    def __init__(self) -> None:
        self._bits = ""

    def put(self, value: int, count: int) -> Self:
        """A number in so many bits."""
        self._bits += f"{value:0{count}b}" if count else ""
        return self

    def number(self, value: int) -> Self:
        """Unsigned Exp-Golomb."""
        code = f"{value + 1:b}"
        self._bits += "0" * (len(code) - 1) + code
        return self

    def signed(self, value: int) -> Self:
        """Signed Exp-Golomb."""
        return self.number(2 * value - 1 if value > 0 else -2 * value)

    def unit(self) -> bytes:
        """The NAL unit: stop bit, whole bytes, and no start code within."""
        bits = self._bits + "1"
        bits += "0" * (-len(bits) % 8)
        raw = int(bits, 2).to_bytes(len(bits) // 8, "big")
        made = bytearray()
        for byte in raw:
            if made[-2:] == b"\x00\x00" and byte <= 3:
                made.append(3)
            made.append(byte)
        return bytes(made)


def sps(
    *,
    number: int = 0,
    profile: int = 77,
    order_kind: int = 0,
    order_bits: int = 6,
    frame_number_bits: int = 5,
    frames_only: bool = True,
    chroma: int = 1,
    depth: int = 8,
) -> bytes:
    """A sequence parameter set (ISO/IEC 14496-10, 7.3.2.1.1)."""
    bits = BitWriter().put(0x67, 8).put(profile, 8).put(0, 8).put(31, 8).number(number)
    if profile in (100, 110, 122, 244):
        bits.number(chroma)
        if chroma == 3:
            bits.put(0, 1)
        bits.number(depth - 8).number(depth - 8).put(0, 1)
        # Scaling lists: the first is written, the others fall back.
        bits.put(1, 1).put(1, 1)
        for _ in range(16):
            bits.signed(0)
        bits.put(0, 11 if chroma == 3 else 7)
    bits.number(frame_number_bits - 4).number(order_kind)
    if order_kind == 0:
        bits.number(order_bits - 4)
    elif order_kind == 1:
        bits.put(0, 1).signed(-3).signed(2).number(2).signed(1).signed(-1)
    bits.number(4).put(0, 1).number(11).number(6).put(frames_only, 1)
    if not frames_only:
        bits.put(0, 1)
    return bits.put(1, 1).put(0, 1).put(0, 1).unit()


def picture(
    order: int,
    *,
    is_idr: bool = False,
    order_bits: int = 6,
    frame_number_bits: int = 5,
    field: int | None = None,
    frames_only: bool = True,
) -> bytes:
    """The first slice of a picture (7.3.3); `field`: 0 top, 1 bottom."""
    bits = BitWriter().put(0x65 if is_idr else 0x41, 8).number(0).number(7).number(0)
    bits.put(1, frame_number_bits)
    if not frames_only:
        bits.put(field is not None, 1)
        if field is not None:
            bits.put(field, 1)
    if is_idr:
        bits.number(0)
    return bits.put(order % (1 << order_bits), order_bits).put(0x5A5A5A, 24).unit()

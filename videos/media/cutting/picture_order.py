"""The order of an H.264 film's pictures where its container says nothing of it.

ISO/IEC 14496-10, 8.2.1: each picture carries the low bits of its place in the order of showing.
"""

from __future__ import annotations

from videos.media.cutting import nal

BASELINE_ORDER = 2


class OrderReader:
    """Reads the order of pictures, packet by packet."""

    def __init__(self, sets: nal.Sets) -> None:
        self._prefix = sets.prefix
        found = sets.of_kind(nal.H264, nal.H264_SPS)
        self._sequence = nal.sequence(found[0]) if found else None
        self._keys: list[tuple[int, int]] = []
        self._group = self._high = self._low = 0
        self.has_fields = False
        """Whether a packet holds one field of a picture: no packet is a picture then."""

    def add(self, number: int, data: bytes) -> None:
        """The packet of that number; those between are not told of."""
        units = list(nal.units_of(data, self._prefix))
        for unit in units:
            if nal.kind_of(nal.H264, unit) == nal.H264_SPS:
                self._sequence = nal.sequence(unit)
        if self._sequence is None:
            return
        first = nal.first_slice(units, self._sequence)
        if first is None:
            return
        self.has_fields = self.has_fields or first.is_field
        if any(nal.kind_of(nal.H264, unit) == nal.H264_IDR for unit in units):
            self._group, self._high, self._low = self._group + 1, 0, 0
        self._keys.append((self._group, self._whole(first.order, number)))

    def _whole(self, low: int, number: int) -> int:
        """The whole count from its low bits (8.2.1.1); the file's order where there is none."""
        if self._sequence is None or self._sequence.order_kind == BASELINE_ORDER:
            return number
        size = 1 << self._sequence.order_bits
        if low < self._low and self._low - low >= size // 2:
            self._high += size
        elif low > self._low and low - self._low > size // 2:
            self._high -= size
        self._low = low
        return self._high + low

    def ranks(self) -> list[int] | None:
        """The place of each packet in the order of showing; None where it cannot be told."""
        if self._sequence is None or self._sequence.order_kind == 1:
            return None
        if len(set(self._keys)) < len(self._keys):
            return None
        ranks = [0] * len(self._keys)
        for rank, place in enumerate(sorted(range(len(self._keys)), key=self._keys.__getitem__)):
            ranks[place] = rank
        return ranks

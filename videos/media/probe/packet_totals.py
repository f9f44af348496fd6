"""What the packets of one stream add up to. Pure: times are counts of the stream's time base."""

from __future__ import annotations

from array import array
from fractions import Fraction
from itertools import pairwise
from statistics import median

JITTER_US = 2_000
JITTER_SHARE = 0.2
IRREGULAR, IRREGULAR_SHARE = 2, 0.02
MICROSECOND = Fraction(1, 1_000_000)


class Tally:
    """Counts the packets of one stream in whatever order they come."""

    def __init__(self, time_base: Fraction | None, *, timed: bool) -> None:
        """`timed`: keep every time and keyframe too, 8 bytes each (for video)."""
        self._unit = (time_base or MICROSECOND) / MICROSECOND
        self._timed = timed
        self._lasting = True
        self._first: int | None = None
        self._end: int | None = None
        self._times = array("q")
        self._key_times = array("q")
        self._key_positions = array("q")
        self.frames = 0
        """Packets that are shown."""
        self.bytes = 0
        self.starts_with_keyframe: bool | None = None

    def add(
        self, stamp: int | None, lasts: int, size: int, position: int, *, key: bool, hidden: bool
    ) -> None:
        """One packet: its time, duration, size and byte position."""
        self.bytes += size
        if self.starts_with_keyframe is None:
            self.starts_with_keyframe = key
        if self._timed and key and stamp is not None:
            self._key_times.append(stamp)
            self._key_positions.append(position)
        if hidden:
            return
        self.frames += 1
        if stamp is None:
            return
        if self._timed:
            self._times.append(stamp)
        if self._first is None or stamp < self._first:
            self._first = stamp
        if self._end is None or stamp + lasts > self._end:
            self._end, self._lasting = stamp + lasts, lasts > 0

    def to_us(self, ticks: int) -> int:
        """Microseconds of a time in this stream."""
        return round(ticks * self._unit)

    @property
    def start_us(self) -> int | None:
        """The first shown packet, microseconds; None without timestamps."""
        return None if self._first is None else self.to_us(self._first)

    @property
    def end_us(self) -> int | None:
        """The end of the last shown packet; the usual distance where that has no duration."""
        if self._end is None:
            return None
        return self.to_us(self._end + (0 if self._lasting else round(self._usual_gap())))

    def keyframes(self, start_us: int) -> tuple[tuple[int, int], ...]:
        """(microseconds from `start_us`, byte position) in order of time."""
        pairs = zip(self._key_times, self._key_positions, strict=True)
        return tuple(sorted((self.to_us(stamp) - start_us, position) for stamp, position in pairs))

    def varies(self) -> bool:
        """Whether more than a few of the distances between pictures are unlike the usual one."""
        gaps = self._gaps()
        if len(gaps) < 2:
            return False
        usual = float(median(gaps))
        allowed = max(usual * JITTER_SHARE, float(JITTER_US / self._unit))
        irregular = sum(abs(gap - usual) > allowed for gap in gaps)
        return irregular > max(IRREGULAR, IRREGULAR_SHARE * len(gaps))

    def _gaps(self) -> list[int]:
        return [later - earlier for earlier, later in pairwise(sorted(self._times))]

    def _usual_gap(self) -> float:
        return median(self._gaps() or [0])

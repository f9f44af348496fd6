"""What is published, and at what rate; the same for every server that is compared."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# So many characters more, and the message is as long as a `progress` of the product.
PADDING = 330
BEFORE_TIME = '"data": {"at": "'
TIME_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Due:
    """An event to publish: of which video, its number, and when, in monotonic seconds."""

    video_id: str
    seq: int
    at: float
    padding: int = PADDING

    @property
    def text(self) -> str:
        """A message of the protocol that says when it was due.

        Not when it was published: a server that is too busy to publish in time is late as well.
        """
        at = int(self.at * 1e9)
        return (
            f'{{"type": "task", "videoId": "{self.video_id}", {BEFORE_TIME}{at:0{TIME_DIGITS}d}", '
            f'"seq": {self.seq}, "padding": "{"x" * self.padding}"}}}}'
        )


@dataclass(frozen=True, slots=True)
class Order:
    """So many events a second for so many seconds, to each of the first videos in turn."""

    rate: float
    seconds: float
    videos: int = 1
    first: int = 0
    padding: int = PADDING

    @property
    def count(self) -> int:
        """How many events that are."""
        return int(self.rate * self.seconds)

    def carry_out(self, video_ids: Sequence[str], emit: Callable[[Due], None]) -> None:
        """Publish in time; what is late is made up for at once, as timers do."""
        began = time.monotonic()
        for number in range(self.count):
            at = began + number / self.rate
            ahead = at - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            emit(Due(video_ids[number % self.videos], self.first + number, at, self.padding))


def be_punctual() -> None:
    """Have the thread that publishes woken within a millisecond, however busy others are."""
    sys.setswitchinterval(0.001)

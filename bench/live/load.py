"""What is published, and at what rate; the same for every server that is compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

# So many characters more, and the message is as long as a `progress` of the product.
PADDING = 330
BEFORE_TIME = '"data": {"at": "'
TIME_DIGITS = 19
Emit = Callable[[str, int, str], None]
"""Publishes an event: of which video, its number, and its text."""


def message(video_id: str, seq: int, due: float, padding: int = PADDING) -> str:
    """A message of the protocol that says when it was due, in monotonic seconds.

    Not when it was published: a server that is too busy to publish in time is late as well.
    """
    return (
        f'{{"type": "task", "videoId": "{video_id}", '
        f'{BEFORE_TIME}{int(due * 1e9):0{TIME_DIGITS}d}", '
        f'"seq": {seq}, "padding": "{"x" * padding}"}}}}'
    )


def publish_all(
    emit: Emit,
    video_ids: Sequence[str],
    rate: float,
    seconds: float,
    *,
    first: int = 0,
    padding: int = PADDING,
) -> None:
    """So many events a second, to each video in turn; what is late is made up for at once."""
    began = time.monotonic()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        ahead = due - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        video_id, seq = video_ids[number % len(video_ids)], first + number
        emit(video_id, seq, message(video_id, seq, due, padding))

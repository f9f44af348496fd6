"""Wake-ups: hints that may be missed, doubled or late, and do no harm."""

from __future__ import annotations

import threading
import time

from videos.services.tasks.notify import Wakeups


def test_a_hint_ends_the_wait() -> None:
    wakeups = Wakeups()
    seen = wakeups.seen("cpu")
    timer = threading.Timer(0.05, wakeups.wake, ["cpu"])
    timer.start()
    began = time.monotonic()
    wakeups.wait("cpu", seen, 10)
    assert time.monotonic() - began < 5
    timer.join()


def test_a_hint_between_looking_and_waiting_is_not_missed() -> None:
    wakeups = Wakeups()
    seen = wakeups.seen("cpu")
    wakeups.wake("cpu")
    began = time.monotonic()
    wakeups.wait("cpu", seen, 10)
    assert time.monotonic() - began < 1


def test_a_hint_for_another_class_is_for_others() -> None:
    wakeups = Wakeups()
    seen = wakeups.seen("cpu")
    wakeups.wake("copy")
    assert wakeups.seen("cpu") == seen


def test_without_a_hint_the_wait_ends_by_itself() -> None:
    wakeups = Wakeups()
    began = time.monotonic()
    wakeups.wait("cpu", wakeups.seen("cpu"), 0.02)
    assert 0.01 < time.monotonic() - began < 5

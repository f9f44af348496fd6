"""Fair reading: of the bodies that arrive at once, one piece in each turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

MAX_IDLE_TURNS = 2


class Reader(Protocol):
    """A connection that reads when it is allowed to."""

    def rest(self) -> None:
        """Do not ask any more until the turn comes."""

    def go(self) -> None:
        """The next turn is its own: ask as soon as there is something to read."""


class Turns:
    """Whose piece is read in this turn of the loop: whoever has waited longest.

    A page takes a dozen turns of the loop. Were every arriving body read in each of them, pages
    would become slower with every upload. All methods belong to the loop.
    """

    def __init__(self, call_soon: Callable[[Callable[[], None]], object]) -> None:
        """`call_soon` has its argument called when the next turn begins."""
        self._call_soon = call_soon
        self._waiting: dict[Reader, None] = {}
        self._next: Reader | None = None
        self._idle_turns = 0
        self._taken = False
        self._ends = False

    @property
    def shared(self) -> bool:
        """Whether others are there besides the one that reads."""
        return self._next is not None

    def take(self, reader: Reader) -> bool:
        """Whether it may read now, having something to read; otherwise it is paused."""
        self._end_soon()
        if self._taken or self._next not in (None, reader):
            self._waiting.setdefault(reader)
            reader.rest()
            if self._next is None:
                self._choose()
            return False
        self._waiting.pop(reader, None)
        self._taken = True
        self._choose()
        return True

    def leave(self, reader: Reader) -> None:
        """It has nothing to read any more, or must not."""
        self._waiting.pop(reader, None)
        if self._next is reader:
            self._choose()

    def _choose(self) -> None:
        self._next = next(iter(self._waiting), None)
        self._idle_turns = 0
        if self._next:
            del self._waiting[self._next]
            self._next.go()

    def _end_soon(self) -> None:
        if not self._ends:
            self._ends = True
            self._call_soon(self._end)

    def _end(self) -> None:
        """The turn is over. One that was called, and did not come, does not hold up the rest."""
        self._idle_turns += not self._taken
        self._taken = self._ends = False
        if self._idle_turns >= MAX_IDLE_TURNS:
            self._choose()
        if self._next:
            self._end_soon()

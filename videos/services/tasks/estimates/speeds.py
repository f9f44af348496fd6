"""What a plan is expected to cost here: shipped guesses, corrected by what was measured."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db import transaction

from videos.models import Speed
from videos.operations.base import Estimate, Source, Step
from videos.services.tasks.estimates.estimator import Observed, Stage

# What a child takes to begin, and to end, where nothing was measured. Wall seconds.
START_SECONDS, TAIL_SECONDS = 0.15, 0.03
# A step that ended before it had done so much of its work teaches nothing of its pace.
MIN_PART, MIN_WORK_SECONDS = 0.5, 0.05
_SIZES = ((640 * 480, "sd"), (1280 * 720, "hd"), (1920 * 1080, "full hd"))


@dataclass(frozen=True, slots=True)
class Key:
    """One kind of step on this machine; its guessed cost in seconds separates short from long."""

    kind: str
    size: str
    guess: float

    @property
    def magnitude(self) -> int:
        """The binary logarithm of the guess."""
        return round(math.log2(max(self.guess, 0.01)))


def size_of(sources: Sequence[Source]) -> str:
    """The class of the largest picture: sd, hd, full hd, uhd."""
    pixels = max((each.probe.width * each.probe.height for each in sources), default=0)
    return next((name for most, name in _SIZES if pixels <= most), "uhd")


def key_of(operation: str, number: int, step: Step, size: str) -> Key:
    """What a plan's step is called."""
    kind = " ".join(word for word in (operation, str(number), step.code, step.tool) if word)
    return Key(kind, size, step.weight)


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was learned of one operation at one size of picture, for this machine."""

    rows: Mapping[str, Sequence[Speed]] = field(default_factory=dict)

    def stage(self, key: Key) -> Stage:
        """What a step is expected to cost."""
        guessed = guess(key.guess)
        row = self._nearest(key)
        if row is None:
            return guessed
        longer = min(2.0 ** (key.magnitude - row.magnitude), 64.0)
        return Stage(row.start, guessed.work * row.work, row.tail * longer, learned=True)

    def _nearest(self, key: Key) -> Speed | None:
        return _nearest(self.rows.get(key.kind, ()), key)


def whole_key(operation: str, estimate: Estimate, size: str) -> Key:
    """What a whole task is called, from its claim to its end."""
    return Key(f"{operation} whole {estimate.work_class}", size, estimate.seconds)


def expected_seconds(operation: str, estimate: Estimate, size: str) -> float:
    """What a task will take, by what such tasks have taken on whatever machine."""
    key = whole_key(operation, estimate, size)
    row = _nearest(list(Speed.objects.filter(kind=key.kind, size=key.size)), key)
    return guess(key.guess).work * row.work if row else key.guess


def _nearest(rows: Sequence[Speed], key: Key) -> Speed | None:
    return min(rows, key=lambda row: abs(row.magnitude - key.magnitude), default=None)


def guess(seconds: float) -> Stage:
    """A step of which only the guessed cost is known."""
    start = min(START_SECONDS, seconds / 2)
    tail = min(TAIL_SECONDS, seconds / 10)
    return Stage(start, max(seconds - start - tail, 0.0), tail)


def learned(operation: str, size: str) -> Speeds:
    """All that was learned of an operation at that size, in one query."""
    rows: dict[str, list[Speed]] = {}
    prefix = f"{operation} "
    for row in Speed.objects.filter(machine=machine(), size=size, kind__startswith=prefix):
        rows.setdefault(row.kind, []).append(row)
    return Speeds(rows)


@transaction.atomic
def learn(measured: Sequence[tuple[Key, Observed]]) -> None:
    """Keep what the steps of an attempt that succeeded have cost."""
    for key, observed in measured:
        guessed = guess(key.guess).work
        if observed.part >= MIN_PART and guessed > 0:
            ratio = max(observed.work, MIN_WORK_SECONDS * guessed) / observed.part / guessed
        else:  # it never said how far it was: all of it was start
            ratio = 0.0
        row, _new = Speed.objects.select_for_update().get_or_create(
            machine=machine(), kind=key.kind, size=key.size, magnitude=key.magnitude
        )
        row.learn(observed.start, ratio, observed.tail)
        row.save()


@cache
def machine() -> str:
    """What makes the pace: the processor and how many of its cores; alike machines share it."""
    return f"{_processor()} x{os.cpu_count()}"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    names = (line.partition(":")[2].strip() for line in text.split("\n") if "model name" in line)
    return next(names, platform.machine())[:100]

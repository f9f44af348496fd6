"""What a check finds: each breach of a rule as one plain sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

MOST_ALIKE = 3
"""So many breaches of one kind are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule by its number in "What a cut means", and what is wrong."""

    rule: int
    sentence: str

    def __str__(self) -> str:
        return f"rule {self.rule}: {self.sentence}"


def few(rule: int, sentences: Iterable[str]) -> Iterator[Violation]:
    """The first ones, and how many more there are."""
    every = list(sentences)
    for sentence in every[:MOST_ALIKE]:
        yield Violation(rule, sentence)
    if len(every) > MOST_ALIKE:
        yield Violation(rule, f"and {len(every) - MOST_ALIKE} more like the last one")


def seconds(time: Fraction | float) -> str:
    """A time as people read it."""
    return f"{float(time):.4f} s"


def milliseconds(time: Fraction | float) -> str:
    """A short time as people read it."""
    return f"{1000 * float(time):.1f} ms"

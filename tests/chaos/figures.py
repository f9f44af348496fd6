"""Figures against their bounds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that was counted or measured, and what it has to be."""

    name: str
    value: float
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is within its bounds."""
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    def line(self) -> str:
        """For people."""
        bounds = [f"at least {self.at_least:g}"] if self.at_least is not None else []
        bounds += [f"at most {self.at_most:g}"] if self.at_most is not None else []
        word = ("ok" if self.holds else "MISSED") if bounds else ""
        said = [self.name, f"({', '.join(bounds)})" if bounds else "", self.note]
        return f"  {word:6} {self.value:>8g}  {'  '.join(part for part in said if part)}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What one part of the run found: its figures, and a sentence for each thing that is wrong."""

    title: str
    figures: Sequence[Figure]
    wrong: Sequence[str] = ()
    replay: str = ""
    """The command that does the same again."""

    @property
    def hold(self) -> bool:
        """Whether all bounds are kept."""
        return all(figure.holds for figure in self.figures)

    def text(self) -> str:
        """For people."""
        lines = [self.title, *(figure.line() for figure in self.figures)]
        lines += [f"    {sentence}" for sentence in self.wrong[:20]]
        if not self.hold:
            lines.append(f"    again: {self.replay}")
        return "\n".join(lines)

    def to_json(self) -> str:
        """For the process that asked for it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Findings:
        """The reverse."""
        data = json.loads(text)
        figures = [Figure(**each) for each in data.pop("figures")]
        return cls(figures=figures, **data)


def none_of(name: str, things: Iterable[object]) -> Figure:
    """A figure that has to be 0."""
    return Figure(name, len(list(things)), at_most=0)

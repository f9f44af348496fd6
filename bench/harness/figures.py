"""Figures held against their bounds, and the last line and exit code of a bench."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, isnan, nan


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing, as it is printed."""

    name: str
    value: str
    bound: str
    holds: bool


class Report:
    """All figures of one run, printed as they come."""

    def __init__(self) -> None:
        self._figures: list[Figure] = []
        self._checks: list[Figure] = []
        self._not_measured: list[str] = []

    def note(self, name: str, value: float | str, unit: str = "") -> None:
        """A figure without a bound."""
        _print(Figure(name, _text(value, unit), "", holds=True))

    def at_most(self, name: str, value: float, bound: float, unit: str = "") -> None:
        """A figure that must not be above its bound; it is repeated in the last line."""
        self._add(name, value, f"<= {bound:g}", unit, holds=value <= bound)

    def at_least(self, name: str, value: float, bound: float, unit: str = "") -> None:
        """A figure that must not be below its bound; it is repeated in the last line."""
        self._add(name, value, f">= {bound:g}", unit, holds=value >= bound)

    def check(self, name: str, actual: object, expected: object, holds: bool | None = None) -> None:
        """One of many details that must be as expected: the last line only counts them."""
        fits = actual == expected if holds is None else holds
        self._checks.append(Figure(name, str(actual), str(expected), fits))
        _print(self._checks[-1])

    def check_near(self, name: str, actual: float, expected: float, within: float) -> None:
        """A detail that must be no further off than that; all in one unit."""
        holds = abs(actual - expected) <= within
        self.check(name, f"{actual:.3f}", f"{expected:.3f} ± {within:.3f}", holds)

    @contextmanager
    def measuring(self, what: str) -> Iterator[None]:
        """Where the block raises, `what` counts as not measured, and the run goes on."""
        try:
            yield
        except Exception:  # noqa: BLE001 (it is printed, and the exit code tells)
            traceback.print_exc()
            self._not_measured.append(what)

    def finish(self) -> int:
        """Print the last line; the exit code, 1 where a bound is missed or was not measured."""
        every = [*self._figures, *self._checks]
        missed = [figure.name for figure in every if not figure.holds]
        parts = [f"{each.name} {each.value} ({each.bound})" for each in self._figures]
        if self._checks:
            right = sum(each.holds for each in self._checks)
            parts.append(f"{right} of {len(self._checks)} details as expected")
        if missed:
            parts.append(f"OUT OF BOUNDS: {', '.join(missed)}")
        if self._not_measured or not every:
            parts.append(f"NOT MEASURED: {', '.join(self._not_measured) or 'anything'}")
        holds = not missed and not self._not_measured and bool(every)
        print("\n" + "; ".join([*parts, *(["all bounds hold"] if holds else [])]), flush=True)
        return 0 if holds else 1

    def _add(self, name: str, value: float, bound: str, unit: str, *, holds: bool) -> None:
        if isnan(value):
            self._not_measured.append(name)
        figure = Figure(name, _text(value, unit), bound, holds or isnan(value))
        self._figures.append(figure)
        _print(figure)


Section = Callable[[Report], None]


def run_sections(sections: Mapping[str, Section], chosen: Sequence[str] = ()) -> int:
    """Measure the chosen sections, without any all of them; the exit code."""
    report = Report()
    for name in chosen or sections:
        print(f"\n{name}", flush=True)
        with report.measuring(name):
            sections[name](report)
    return report.finish()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that at least this share is not above; NaN where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, ceil(share * len(ordered)))] if ordered else nan


def is_rising(values: Sequence[float]) -> bool:
    """Whether no value is below the one before."""
    return all(a <= b for a, b in pairwise(values))


def _text(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return f"{value} {unit}".rstrip()
    if isnan(value):
        return "not measured"
    number = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return f"{number} {unit}".rstrip()


def _print(figure: Figure) -> None:
    verdict = "" if figure.holds else "   <-- OUT OF BOUNDS"
    print(f"  {figure.name:<76} {figure.value:>14}  {figure.bound}".rstrip() + verdict, flush=True)

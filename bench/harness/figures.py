"""Figures held against their bounds, and the last line and exit code of a bench."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import ceil, isnan, nan
from pathlib import Path


class Report:
    """All figures of one run, printed as they come."""

    def __init__(self) -> None:
        self._figures: list[str] = []
        self._checks: list[bool] = []
        self._missed: list[str] = []
        self._not_measured: list[str] = []

    def note(self, name: str, value: float | str, unit: str = "") -> None:
        """A figure without a bound."""
        _print(name, _text(value, unit))

    def at_most(self, name: str, value: float, bound: float, unit: str = "") -> None:
        """A figure that must not be above its bound; it is repeated in the last line."""
        self._add(name, value, f"<= {bound:g}", unit, misses=value > bound)

    def at_least(self, name: str, value: float, bound: float, unit: str = "") -> None:
        """A figure that must not be below its bound; it is repeated in the last line."""
        self._add(name, value, f">= {bound:g}", unit, misses=value < bound)

    def check(self, name: str, actual: object, expected: object, holds: bool | None = None) -> None:
        """One of many details that must be as expected: the last line only counts them."""
        self._checks.append(actual == expected if holds is None else holds)
        self._print_bounded(name, str(actual), str(expected), misses=not self._checks[-1])

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
        parts = list(self._figures)
        if self._checks:
            parts.append(f"{sum(self._checks)} of {len(self._checks)} details as expected")
        holds = bool(parts) and not self._missed and not self._not_measured
        if self._missed:
            parts.append(f"OUT OF BOUNDS: {', '.join(self._missed)}")
        if self._not_measured or not parts:
            parts.append(f"NOT MEASURED: {', '.join(self._not_measured) or 'anything'}")
        print("\n" + "; ".join([*parts, *(["all bounds hold"] if holds else [])]), flush=True)
        return 0 if holds else 1

    def _add(self, name: str, value: float, bound: str, unit: str, *, misses: bool) -> None:
        if isnan(value):
            self._not_measured.append(name)
        self._figures.append(f"{name} {_text(value, unit)} ({bound})")
        self._print_bounded(name, _text(value, unit), bound, misses=misses)

    def _print_bounded(self, name: str, value: str, bound: str, *, misses: bool) -> None:
        if misses:
            self._missed.append(name)
        _print(name, value, bound, "   <-- OUT OF BOUNDS" if misses else "")


Section = Callable[[Path, Report], None]
"""Measures something; the folder is its own, and gone afterwards."""


def run_sections(sections: Mapping[str, Section], chosen: Sequence[str] = ()) -> int:
    """Measure the chosen sections, without any all of them; the exit code."""
    report = Report()
    for name in chosen or sections:
        print(f"\n{name}", flush=True)
        with (
            report.measuring(name),
            tempfile.TemporaryDirectory(prefix="vrewcraft-bench-") as folder,
        ):
            sections[name](Path(folder), report)
    return report.finish()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that at least this share is not above; NaN where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, ceil(share * len(ordered)))] if ordered else nan


def _text(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return f"{value} {unit}".rstrip()
    if isnan(value):
        return "not measured"
    number = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return f"{number} {unit}".rstrip()


def _print(name: str, value: str, bound: str = "", verdict: str = "") -> None:
    print(f"  {name:<76} {value:>14}  {bound}".rstrip() + verdict, flush=True)

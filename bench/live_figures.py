"""Figures with their bounds, and how a run shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `most` or `least` is its bound."""

    section: str
    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it is within its bound."""
        above = self.most is not None and not self.value <= self.most
        below = self.least is not None and not self.value >= self.least
        return not above and not below

    @property
    def number(self) -> str:
        """The value as a table shows it."""
        return f"{self.value:,.0f}" if self.value >= 1000 else f"{self.value:.3g}"

    @property
    def bound(self) -> str:
        """The bound as a table shows it."""
        if self.most is not None:
            return f"<= {self.most:g}"
        return f">= {self.least:g}" if self.least is not None else ""


class Figures:
    """All of a run, printed as they come."""

    def __init__(self) -> None:
        self.found: list[Figure] = []

    def add(self, figure: Figure) -> None:
        """Keep and print one."""
        self.found.append(figure)
        verdict = "" if figure.holds else "   <-- out of bounds"
        number, unit = figure.number, figure.unit
        line = f"{figure.section:12} {figure.what:66} {number:>10} {unit:8} {figure.bound}"
        print(line.rstrip() + verdict, flush=True)

    def summary(self) -> str:
        """All that have a bound, on one line."""
        bounded = [figure for figure in self.found if figure.bound]
        told = [f"{each.what} {each.number} {each.unit} ({each.bound})" for each in bounded]
        failed = [figure.what for figure in self.out_of_bounds()]
        verdict = f"out of bounds: {', '.join(failed)}" if failed else "all bounds hold"
        return "; ".join([*told, verdict])

    def out_of_bounds(self) -> list[Figure]:
        """Those that do not hold."""
        return [figure for figure in self.found if not figure.holds]

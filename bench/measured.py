"""What was found, held against what it must be."""

from __future__ import annotations

from dataclasses import dataclass

from bench.watching import BOUNDS, Watched


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about a file, in words for the table."""

    name: str
    found: str
    wanted: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One edit: what was heard of it, and what its files hold."""

    run: Watched
    facts: tuple[Fact, ...]

    @property
    def wrong(self) -> list[str]:
        """What is out of bounds."""
        heard = [bound.name for bound in BOUNDS if not bound.holds(self.run)]
        held = [fact.name for fact in self.facts if not fact.holds]
        return [f"{self.run.title}: {name}" for name in (*heard, *held)]


def equal(name: str, found: object, wanted: object) -> Fact:
    """Must be the same."""
    return Fact(name, str(found), str(wanted), found == wanted)


def near(name: str, found: float, wanted: float, within: float) -> Fact:
    """Must be no further off than that; all in one unit."""
    return Fact(name, f"{found:.3f}", f"{wanted:.3f} ± {within:.3f}", abs(found - wanted) <= within)


def most(name: str, found: float, bound: float) -> Fact:
    """Must not be above."""
    return Fact(name, f"{found:.2f}", f"<= {bound:g}", found <= bound)


def least(name: str, found: float, bound: float) -> Fact:
    """Must not be below."""
    return Fact(name, f"{found:.2f}", f">= {bound:g}", found >= bound)

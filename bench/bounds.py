"""What a figure must not be above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure, what it must not be above, and how both are written."""

    name: str
    found: float
    most: float
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is within."""
        return self.found <= self.most

    def __str__(self) -> str:
        return f"{self.name} {self.found:.3g}{self.unit} (<= {self.most:g}{self.unit})"

"""What steps have cost on each kind of machine, so that the next one is foreseen."""

from __future__ import annotations

from statistics import median
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_SAMPLES = 9


class Speed(models.Model):
    """The newest measurements of one kind of step; their medians are what is expected.

    `magnitude` is the binary logarithm of the guessed seconds: short and long steps differ in what
    their start and their end weigh.
    """

    machine = models.CharField(_("machine"), max_length=120)
    kind = models.CharField(_("step"), max_length=100)
    size = models.CharField(_("picture size"), max_length=10)
    magnitude = models.SmallIntegerField(_("magnitude"))
    starts = models.JSONField(
        default=list, help_text=_("Seconds until the first report of progress.")
    )
    works = models.JSONField(default=list, help_text=_("Seconds of work per estimated second."))
    tails = models.JSONField(
        default=list, help_text=_("Seconds after the last report of progress.")
    )
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("learned speed")
        verbose_name_plural = _("learned speeds")
        ordering = ("machine", "kind", "size", "magnitude")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["machine", "kind", "size", "magnitude"], name="speed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.size} 2^{self.magnitude} s"

    def learn(self, start: float, work: float, tail: float) -> None:
        """Add a measurement; the oldest beyond nine is forgotten."""
        for values, value in ((self.starts, start), (self.works, work), (self.tails, tail)):
            values.append(round(value, 4))
            del values[:-MAX_SAMPLES]

    @property
    def start(self) -> float:
        """Seconds."""
        return float(median(self.starts))

    @property
    def work(self) -> float:
        """Seconds for each guessed second."""
        return float(median(self.works))

    @property
    def tail(self) -> float:
        """Seconds."""
        return float(median(self.tails))

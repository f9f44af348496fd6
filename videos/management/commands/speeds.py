"""`manage.py speeds`: what edits have cost on each machine, and forgetting it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from videos.models import Speed
from videos.services.tasks.estimates.speeds import machine


class Command(BaseCommand):
    """Learned speeds."""

    help = (
        "Show the measured cost of the steps of edits on each machine (medians of the last "
        "nine). Progress bars and remaining times are estimated from it. --reset deletes it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, and whether to forget them."""
        parser.add_argument("operation", nargs="?", help="slug, such as trim; without it, all")
        parser.add_argument("--here", action="store_true", help="of this machine only")
        parser.add_argument("--reset", action="store_true", help="forget them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show or forget."""
        rows = Speed.objects.all()
        if options["operation"]:
            rows = rows.filter(kind__startswith=f"{options['operation']} ")
            if not rows.exists():
                raise CommandError(f"There are no measurements of {options['operation']}.")
        if options["here"]:
            rows = rows.filter(machine=machine())
        if options["reset"]:
            count, _by_model = rows.delete()
            self.stdout.write(f"{count} learned speeds deleted.")
            return
        for name, learned in groupby(rows, lambda row: row.machine):
            self.stdout.write(f"{name}")
            self._table(list(learned))

    def _table(self, rows: list[Speed]) -> None:
        width = max(len(row.kind) for row in rows)
        columns = f"{'guess':>9}{'x guess':>9}{'start':>9}{'end':>9}{'of':>4}"
        self.stdout.write(f"  {'step':<{width}}  {'size':<8}{columns}")
        for row in rows:
            self.stdout.write(
                f"  {row.kind:<{width}}  {row.size:<8}{2.0**row.magnitude:>7.2f} s{row.work:>9.2f}"
                f"{row.start:>7.2f} s{row.tail:>7.2f} s{len(row.works):>4}"
            )

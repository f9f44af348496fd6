"""How often the library has had its maintenance, by this database's count."""

from __future__ import annotations

from django.db import models


class LibraryMark(models.Model):
    """One row: what the library itself has counted too, unless one of the two is from a backup."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)

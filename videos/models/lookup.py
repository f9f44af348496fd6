"""Finding one row by an id that a client sent; an unknown id and a stranger's look the same."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db import models

from videos.core.errors import AppError

Row = TypeVar("Row", bound=models.Model)


def one(rows: models.QuerySet[Row], key: str | UUID) -> Row:
    """The row of that id among `rows`. Raises AppError 404."""
    identifier = as_key(str(key))
    row = rows.filter(pk=identifier).first() if identifier else None
    if row is None:
        raise AppError("not_found", 404)
    return row


def as_key(text: str) -> UUID | None:
    """The key in a text, in whichever of its spellings; None where there is none."""
    try:
        return UUID(text)
    except ValueError:
        return None

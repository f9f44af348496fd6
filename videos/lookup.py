"""Finding one row by an id that a client sent; an unknown id and a stranger's look the same."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db import models

from videos.errors import Refusal

Row = TypeVar("Row", bound=models.Model)


def one(rows: models.QuerySet[Row], key: str | UUID) -> Row:
    """The row of that id among `rows`. Raises Refusal 404."""
    row = rows.filter(pk=_key(key)).first()
    if row is None:
        raise Refusal("not_found", 404)
    return row


def _key(text: str | UUID) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise Refusal("not_found", 404) from None

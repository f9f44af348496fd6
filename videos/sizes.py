"""Sizes of files as people write them."""

from __future__ import annotations

from django.utils.formats import localize

GIB = 1024**3
MIB = 1024**2


def readable(size: int) -> str:
    """A size in bytes, in the active language's way of writing numbers."""
    if size >= GIB:
        return f"{localize(round(size / GIB, 1))} GiB"
    return f"{localize(round(size / MIB, 1))} MiB"

"""Finding operations: every module of this package that defines `OPERATION`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import videos.operations as package
from videos.core.enums import Role
from videos.core.errors import AppError
from videos.operations.base import Operation


@cache
def by_slug() -> dict[str, Operation]:
    """Every operation by slug, in alphabetical order."""
    operations: dict[str, Operation] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        operation = getattr(loaded, "OPERATION", None)
        if isinstance(operation, Operation):
            operations[operation.slug] = operation
    return operations


def get(slug: str) -> Operation:
    """The operation of that slug. Raises AppError 404."""
    try:
        return by_slug()[slug]
    except KeyError:
        raise AppError("unknown_operation", 404) from None


def edits() -> list[Operation]:
    """What a person can ask for on a video."""
    return [operation for operation in by_slug().values() if operation.role is Role.EDIT]


def on_arrival() -> list[Operation]:
    """What runs by itself on every new video."""
    return [operation for operation in by_slug().values() if operation.role is Role.ARRIVAL]

"""What the log lines of this moment are about: the ids of task, video, attempt and person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, object] = MappingProxyType({})
_current: ContextVar[Mapping[str, object]] = ContextVar("subject", default=_NOTHING)


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Every line logged inside gets these ids."""
    token = _current.set({**_current.get(), **ids})
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Mapping[str, object]:
    """The ids known here and now, by name."""
    return _current.get()

"""Running a coroutine at once, without a task, as far as it goes without waiting.

Most sends to a socket never wait. A task for each would cost more than the sending itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Generator
from contextlib import suppress
from types import coroutine
from typing import Any


def begin(work: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """Run `work` until it ends (None) or waits: then what is left, to be awaited in a task.

    Raises what it raises. It must not ask for the task it runs in before it waits.
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return _rest(work, awaited)


@coroutine
def _rest(work: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    """Hand the future that it waits for to the task, then let it go on (PEP 380)."""
    try:
        yield awaited
    except BaseException as error:
        with suppress(StopIteration):
            work.throw(error)
        raise
    yield from work.__await__()

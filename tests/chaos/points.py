"""Fault points: before and after each write, commit, rename, removal, sync and start of a child.

They are found, not listed: what the operating system and the database are asked for is wrapped,
and a point is named by that and by the product's function that asked, such as "before rename in
filesystem.put" or "after commit in publish.publish". The environment decides what happens there:

- CHAOS_POINT: "NAME#N": at the Nth passage of NAME the process dies by SIGKILL. "stop:NAME#N": it
  stops by SIGSTOP instead, as one that the machine has forgotten, and lives on after SIGCONT.
- CHAOS_RECORD: a file that gets a line for each passage.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

POINT, RECORD = "CHAOS_POINT", "CHAOS_RECORD"
STOP = "stop:"
CALLS = {
    "replace": "rename",
    "rename": "rename",
    "unlink": "unlink",
    "rmdir": "rmdir",
    "mkdir": "mkdir",
    "fsync": "fsync",
}
WRITES = re.compile(r'^\s*(INSERT|UPDATE|DELETE)\b[^"]*"(\w+)"', re.IGNORECASE)
# What a worker goes through for a task; pages and deliveries write nothing that could be doubled.
WATCHED = (
    *("videos.services.", "videos.storage.", "videos.models.", "videos.worker."),
    "videos.media.ffmpeg.process",
)


class Watch:
    """Counts passages, and ends or stops the process at the one that was asked for."""

    def __init__(self, asked: str, record: str) -> None:
        self._signal = signal.SIGSTOP if asked.startswith(STOP) else signal.SIGKILL
        self._name, _, number = asked.removeprefix(STOP).rpartition("#")
        self._number = int(number or 0)
        self._record = Path(record) if record else None
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def passed(self, moment: str, what: str, frame: FrameType | None) -> None:
        """A point is passed, in the function that `frame` lies in or is called from."""
        asker = _asker(frame)
        if asker is None:
            return
        name = f"{moment} {what} in {asker}"
        with self._lock:
            self._counts[name] += 1
            if self._record:
                with self._record.open("a") as file:
                    file.write(f"{name}\n")
            hit = name == self._name and self._counts[name] == self._number
        if hit:
            os.kill(os.getpid(), self._signal)


def _asker(frame: FrameType | None) -> str | None:
    """`module.function` of the nearest function of the product on the stack, if it is watched."""
    while frame is not None:
        module, function = str(frame.f_globals.get("__name__", "")), frame.f_code.co_name
        decorated = frame.f_locals.get("func") if function == "inner" else None
        if decorated is not None and module == "contextlib":  # a commit at a decorator's end
            module, function = decorated.__module__, decorated.__name__
        if module.startswith("videos."):
            short = module.rpartition(".")[2]
            return f"{short}.{function}" if module.startswith(WATCHED) else None
        frame = frame.f_back
    return None


def install() -> None:
    """Wrap everything, where the environment asks for something."""
    asked, record = os.environ.get(POINT, ""), os.environ.get(RECORD, "")
    if asked or record:
        wrap(Watch(asked, record))


def wrap(watch: Watch) -> Callable[[], None]:
    """Let `watch` see every point of this process; gives what undoes it."""
    undo = contextlib.ExitStack()
    for name, what in CALLS.items():
        _replace(undo, watch, os, name, what)
    _replace(undo, watch, BaseDatabaseWrapper, "_commit", "commit")
    _replace(undo, watch, subprocess.Popen, "__init__", "start")
    writes = _Writes(watch)
    connection_created.connect(writes.on_connection)
    undo.callback(connection_created.disconnect, writes.on_connection)
    return undo.close


def _replace(undo: contextlib.ExitStack, watch: Watch, owner: Any, name: str, what: str) -> None:
    """Have `watch` see each call of a function."""
    call: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(call)
    def watched(*args: Any, **kwargs: Any) -> Any:
        watch.passed("before", what, sys._getframe(1))
        answer = call(*args, **kwargs)
        watch.passed("after", what, sys._getframe(1))
        return answer

    undo.callback(setattr, owner, name, call)
    setattr(owner, name, watched)


class _Writes:
    """Watches the statements that change rows, on every connection of the process."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def on_connection(self, connection: BaseDatabaseWrapper, **_: Any) -> None:
        """A connection was opened."""
        if self._execute not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._execute)

    def _execute(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        found = WRITES.match(str(sql))
        if not found:
            return execute(sql, params, many, context)
        what = f"{found[1].lower()} {found[2].removeprefix('videos_')}"
        self._watch.passed("before", what, sys._getframe(1))
        answer = execute(sql, params, many, context)
        self._watch.passed("after", what, sys._getframe(1))
        return answer

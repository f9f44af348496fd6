"""The states of many tasks for a snapshot. Those of tasks that have ended are made once.

A page that comes back asks for a hundred of them, and nearly all are as they were: what a task says
changes with its `seq` alone, and once it has ended neither queue nor clock move it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from videos.models import Task
from videos.models.task import TERMINAL
from videos.models.task_queue import TaskQuerySet
from videos.serializers.task import TaskState, task_states

REMEMBERED = 2000


class StateCache:
    """Remembers so many; may be asked from any thread. What it gives is shared: to be read only."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._states: OrderedDict[UUID, TaskState] = OrderedDict()
        self._lock = threading.Lock()

    def newest(self, tasks: TaskQuerySet, count: int) -> list[TaskState]:
        """Of all that have not ended, and of the newest `count`, the newest first."""
        keys = dict(tasks.order_by("-created_at").values_list("pk", "seq")[:count])
        if len(keys) == count:
            keys |= tasks.exclude(status__in=TERMINAL).order_by().values_list("pk", "seq")
        known = self._known(keys)
        missing = keys.keys() - known.keys()
        loaded = self._make(tasks.filter(pk__in=missing).for_lists()) if missing else {}
        states = [*known.values(), *loaded.values()]
        return sorted(states, key=lambda state: state["createdAt"], reverse=True)

    def _known(self, seqs: dict[UUID, int]) -> dict[UUID, TaskState]:
        with self._lock:
            known = {key: self._states[key] for key in seqs if key in self._states}
            for key in known:
                self._states.move_to_end(key)
        return {key: state for key, state in known.items() if state["seq"] == seqs[key]}

    def _make(self, rows: Iterable[Task]) -> dict[UUID, TaskState]:
        tasks = list(rows)
        loaded = {UUID(state["id"]): state for state in task_states(tasks)}
        with self._lock:
            ended = (task.pk for task in reversed(tasks) if task.is_terminal)
            self._states.update((key, loaded[key]) for key in ended)
            while len(self._states) > self._most:
                self._states.popitem(last=False)
        return loaded

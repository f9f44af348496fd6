"""A progress write: one statement that moves the bar and gives the row that it leaves behind.

It comes five times a second from every running task, so it is written by hand: nothing of it is
put together anew, and nothing is asked for afterwards. `UPDATE ... RETURNING` needs PostgreSQL or
SQLite 3.35: https://www.sqlite.org/lang_returning.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.models.functions import Now

from videos.core.enums import StepCode
from videos.models.queue_pause import QueuePause
from videos.models.signals import announce
from videos.models.task import Task
from videos.models.task_queue import Claim, LostClaimError

# The documented way to a model's table and columns, private as it looks:
# https://docs.djangoproject.com/en/5.2/ref/models/meta/
TASK, QUEUE_PAUSE = Task._meta, QueuePause._meta  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a running task is: fraction 0..1 (1 only when complete), seconds, frames/s.

    `done_us` and `done_bytes` are what its step has written or read; `stalled`: it makes no
    progress.
    """

    fraction: float
    step: StepCode
    indeterminate: bool = False
    eta_seconds: float | None = None
    speed: float | None = None
    fps: float | None = None
    done_us: int | None = None
    done_bytes: int | None = None
    stalled: bool = False


def advance(claim: Claim, progress: Advance) -> Task:
    """Write how far the attempt is, in one statement, and give the row as it is now."""
    written = {
        "fraction": min(progress.fraction, 0.9999),
        "step": progress.step.value,
        "indeterminate": progress.indeterminate,
        "eta_seconds": progress.eta_seconds,
        "speed": progress.speed,
        "fps": progress.fps,
        "done_us": progress.done_us,
        "done_bytes": progress.done_bytes,
        "stalled": progress.stalled,
    }
    task = _write(claim, written)
    if task is None:
        raise LostClaimError
    announce(task)
    return task


def _write(claim: Claim, values: Mapping[str, object]) -> Task | None:
    """Set these columns under the claim's fence, and count `seq` up by one.

    Gives the task as it is now, which also knows whether its queue is paused; None: the claim is
    lost.
    """
    statement = _statement(connection.vendor, tuple(values))
    task_id = TASK.pk.get_db_prep_value(claim.task_id, connection)
    rows = Task.objects.raw(statement, [*values.values(), task_id, claim.attempt])
    return next(iter(rows), None)


@cache
def _statement(_vendor: str, names: tuple[str, ...]) -> str:
    """The statement, in the words of this database."""
    table, pauses = TASK.db_table, QUEUE_PAUSE.db_table
    now, _params = Task.objects.all().query.get_compiler(connection.alias).compile(Now())
    changes = ", ".join(f"{name} = %s" for name in names)
    columns = ", ".join(str(field.column) for field in TASK.concrete_fields)
    of_its_queue = f"owner_id IS NULL OR owner_id = {table}.owner_id"
    return (
        f"UPDATE {table} SET {changes}, seq = seq + 1, updated_at = {now}"  # noqa: S608 (our names)
        " WHERE id = %s AND attempt = %s AND status = 'processing'"
        f" RETURNING {columns},"
        f" EXISTS (SELECT 1 FROM {pauses} WHERE {of_its_queue}) AS queue_paused"
    )

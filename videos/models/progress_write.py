"""A progress write: one statement that moves the bar and gives the row that it leaves behind.

It comes five times a second from every running task, so it is written by hand: nothing of it is
put together anew, and nothing is asked for afterwards. `UPDATE ... RETURNING` needs PostgreSQL or
SQLite 3.35: https://www.sqlite.org/lang_returning.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.db import connection
from django.db.models.functions import Now

from videos.models.queue_pause import QueuePause
from videos.models.task import Task
from videos.models.task_queue import Claim

# The documented way to a model's table and columns, private as it looks:
# https://docs.djangoproject.com/en/5.2/ref/models/meta/
TASK, QUEUE_PAUSE = Task._meta, QueuePause._meta  # noqa: SLF001


def write_progress(claim: Claim, values: Mapping[str, object]) -> Task | None:
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

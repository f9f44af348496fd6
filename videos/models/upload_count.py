"""The count of an upload's bytes: one statement for each chunk, as `progress_write` has for tasks.

`UPDATE ... RETURNING` needs PostgreSQL or SQLite 3.35: https://www.sqlite.org/lang_returning.html
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from django.db import connection
from django.db.models import Expression
from django.db.models.functions import Now

from videos.core.rate import Rate
from videos.models.signals import announce_upload
from videos.models.upload import Upload

# The documented way to a model's table, private as it looks:
# https://docs.djangoproject.com/en/5.2/ref/models/meta/
UPLOAD = Upload._meta  # noqa: SLF001
SET_BY_THE_DATABASE = ("seq", "updated_at", "expires_at")


def count(upload: Upload, received: int, rate: Rate, lifetime: timedelta) -> None:
    """Write how many bytes there are and how fast they come, and keep it for `lifetime` from now.

    Open pages are notified after the commit. Raises Upload.DoesNotExist where it was removed.
    """
    statement, later = _statement(connection.vendor, lifetime)
    upload_id = UPLOAD.pk.get_db_prep_value(upload.pk, connection)
    values = (received, rate.per_second, rate.seconds, *later, upload_id)
    row = next(iter(Upload.objects.raw(statement, values)), None)
    if row is None:
        raise Upload.DoesNotExist
    upload.received = received
    upload.bytes_per_second, upload.measured_seconds = rate.per_second, rate.seconds
    for name in SET_BY_THE_DATABASE:
        setattr(upload, name, getattr(row, name))
    announce_upload(upload)


@cache
def _statement(_vendor: str, lifetime: timedelta) -> tuple[str, tuple[object, ...]]:
    """The statement in the words of this database, and what `lifetime` is in it."""
    now, _params = _compiled(Now())
    later, params = _compiled(Now() + lifetime)
    return (
        f"UPDATE {UPLOAD.db_table} SET received = %s, bytes_per_second = %s,"  # noqa: S608 (our names)
        f" measured_seconds = %s, expires_at = {later}, seq = seq + 1, updated_at = {now}"
        f" WHERE id = %s RETURNING id, {', '.join(SET_BY_THE_DATABASE)}"
    ), tuple(params)


def _compiled(expression: Expression) -> tuple[str, tuple[object, ...]]:
    query = Upload.objects.all().query
    sql, params = query.get_compiler(connection.alias).compile(expression.resolve_expression(query))
    return sql, tuple(params)

"""Keys of requests: however often and however fast one comes under its key, it makes one task."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from videos.errors import Refusal
from videos.models import Task


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for, as it was sent: an operation, by its slug, with this data.

    A sample has no video yet.
    """

    owner_id: UUID
    operation: str
    video_id: UUID | None
    sent: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 in hex. Raises Refusal 400 where the data is nested too deeply to be read."""
        parts = [str(self.video_id), self.operation, dict(self.sent)]
        try:
            return _sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")))
        except RecursionError:
            raise Refusal("bad_json", 400) from None

    def under(self, key: str | None) -> RequestKey | None:
        """A program's key for it, if there is one."""
        return RequestKey(key, self, self.digest) if key else None

    def by_form(self, key: str | None) -> RequestKey | None:
        """The key of a page's form for it: a form that was changed since is another request."""
        if not key:
            return None
        digest = self.digest
        return RequestKey(_sha256(f"{key} {digest}"), self, digest)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A key, unique for a person, and the request that it stands for, with its digest."""

    text: str
    request: Request
    digest: str

    def earlier(self) -> Task | None:
        """The task that this request made before. Raises Refusal 422 where another one made it."""
        same = Task.objects.filter(owner_id=self.request.owner_id, idempotency_key=self.text)
        task = same.first()
        if task and not self._made(task):
            raise Refusal("key_reused", 422)
        return task

    def _made(self, task: Task) -> bool:
        if task.request_digest:
            return task.request_digest == self.digest
        wanted = self.request.video_id, self.request.operation  # all that older rows tell
        return (task.video_id, task.operation) == wanted


def once(key: RequestKey | None, make: Callable[[str | None], Task]) -> Task:
    """The task that `make` enqueues under the key it is given, or the one that was there first."""
    if key is None:
        return make(None)
    try:
        with transaction.atomic():
            task = make(key.text)
            task.request_digest = key.digest
            task.save(update_fields=["request_digest"])
            return task
    except IntegrityError:
        earlier = key.earlier()
        if earlier is None:
            raise
        return earlier


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

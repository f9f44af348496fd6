"""Keys of requests: however often and fast one comes under its key, it makes one task or video."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest

from videos.core.errors import AppError
from videos.models import Task, Upload, Video

LENGTH = 200

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


def idempotency_key(request: HttpRequest) -> str | None:
    """The header `Idempotency-Key`, if sent. Raises AppError 422 where it is longer than 200."""
    key = request.headers.get("Idempotency-Key") or None
    if key and len(key) > LENGTH:
        raise AppError("invalid", 422, fields={"Idempotency-Key": "too_long"}, most=LENGTH)
    return key


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for, as it was sent: an operation, by its slug, with this data.

    A sample has no video yet.
    """

    owner_id: UUID
    operation: str
    video_id: UUID | None
    payload: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 in hex. Raises AppError 400 where the data is nested too deeply to be read."""
        parts = [str(self.video_id), self.operation, dict(self.payload)]
        try:
            return _sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")))
        except RecursionError:
            raise AppError("bad_json", 400) from None

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
        """The task that this request made before. Raises AppError 422 where another one made it."""
        same = Task.objects.filter(owner_id=self.request.owner_id, idempotency_key=self.text)
        task = same.first()
        if task and not self._result_of(task):
            raise AppError("key_reused", 422)
        return task

    def _result_of(self, task: Task) -> bool:
        if task.request_digest:
            return task.request_digest == self.digest
        expected = self.request.video_id, self.request.operation  # all that older rows have
        return (task.video_id, task.operation) == expected


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key, unique for a person, and the file that it stands for: its cleaned name and its bytes.

    What is in the file is known only once it has been read, long after the answer.
    """

    text: str
    owner_id: UUID
    name: str
    bytes: int

    @property
    def digest(self) -> str:
        """SHA-256 in hex of person and key."""
        return _sha256(f"{self.owner_id} {self.text}")

    def earlier(self) -> Video | None:
        """The video that this file became before, unless that was deleted.

        Raises AppError 422 where another file came under the key.
        """
        uploads = Upload.objects.filter(request_key=self.digest, video__deleted_at__isnull=True)
        upload = uploads.select_related("video").first()
        if upload is None:
            return None
        if (upload.video.name, upload.length) != (self.name, self.bytes):
            raise AppError("key_reused", 422)
        return upload.video

    def take(self) -> str:
        """The digest for a new upload: a deleted video, which can still be restored, loses it."""
        gone = Upload.objects.filter(request_key=self.digest, video__deleted_at__isnull=False)
        gone.update(request_key=None)
        return self.digest


class Key(Protocol[Result_co]):
    """A key that may have made something before."""

    def earlier(self) -> Result_co | None:
        """What it made. Raises AppError 422 where another request made it."""


def once(key: Key[Result] | None, make: Callable[[], Result]) -> Result:
    """What `make` makes under the key, or what was made under it first."""
    try:
        return make()
    except (IntegrityError, AppError):  # the first may have taken the last of the quota, too
        earlier = key.earlier() if key else None
        if earlier is None:
            raise
        return earlier


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

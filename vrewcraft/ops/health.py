"""Health checks: is the process alive, and is it ready?"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

from videos.core.errors import AppError
from videos.http.error_responses import error_response
from videos.models import WorkerBeat
from videos.storage import registry

logger = logging.getLogger(__name__)

CACHE_SECONDS = 1.0
PATIENCE_SECONDS = 1.0
"""How long a probe waits for another one's checks."""
REDIS_SECONDS = 0.5
"""For connecting and for the answer, each: a second in all."""
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that work needs, and what was found."""

    name: str
    ok: bool
    sentence: str

    def as_json(self) -> dict[str, str]:
        """As the wire has it."""
        status = "ok" if self.ok else "failing"
        return {"name": self.name, "status": status, "sentence": self.sentence}


def checks() -> tuple[Check, ...]:
    """Look at everything now."""
    return (*_database_and_workers(), _channel_layer(), _disk(), *_storage())


def _database_and_workers() -> tuple[Check, Check]:
    lease = settings.VREWCRAFT_LEASE_SECONDS
    try:
        live = WorkerBeat.objects.live(lease).count()
    except DatabaseFault:
        return (
            Check("database", False, "The database is not responding, or is not migrated."),
            Check("workers", False, "Unknown while the database is not responding."),
        )
    seen = f"Workers seen in the last {lease:g} s: {live}."
    return Check("database", True, "The database is responding."), Check("workers", live > 0, seen)


def _channel_layer() -> Check:
    name = "channelLayer"
    if not settings.REDIS_URL:
        return Check(name, True, "In-memory, for this process only.")
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=REDIS_SECONDS,
            socket_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return Check(name, False, "Redis did not respond within a second.")
    return Check(name, True, "Redis answers.")


def _disk() -> Check:
    floor = settings.VREWCRAFT_DISK_FLOOR_BYTES
    try:
        free = shutil.disk_usage(settings.VREWCRAFT_DATA_DIR).free
    except OSError:
        return Check("disk", False, "The data folder cannot be reached.")
    sentence = f"{free // MIB} MiB free; the minimum is {floor // MIB} MiB."
    return Check("disk", free >= floor, sentence)


def _storage() -> tuple[Check, ...]:
    """An instant store lies on the disk, which has been checked."""
    store = registry.store()
    if store.is_instant:
        return ()
    try:
        store.check()
    except OSError:
        return (Check("storage", False, "The storage is not responding."),)
    return (Check("storage", True, "The storage of the library answers."),)


class Readiness:
    """The checks, made at most once a second and by one thread at a time."""

    def __init__(self, check_all: Callable[[], tuple[Check, ...]] = checks) -> None:
        self._look = check_all
        self._lock = threading.Lock()
        self._found: tuple[Check, ...] = ()
        self._until = 0.0
        self._failing: list[str] = []

    def found(self) -> tuple[Check, ...]:
        """What was found within the last second."""
        if not self._lock.acquire(timeout=PATIENCE_SECONDS):
            return (Check("checks", False, "Earlier checks have not finished."),)
        try:
            if time.monotonic() >= self._until:
                self._found = self._look()
                self._until = time.monotonic() + CACHE_SECONDS
                self._log()
            return self._found
        finally:
            self._lock.release()

    def _log(self) -> None:
        """Log what has changed, and no more."""
        failing = [check.name for check in self._found if not check.ok]
        if failing and failing != self._failing:
            logger.warning("not ready: %s", ", ".join(failing))
        elif self._failing and not failing:
            logger.info("ready again")
        self._failing = failing


class HealthMiddleware:
    """Answers `/livez` and `/readyz` before anything that asks who is there: that takes a database.

    Like every other address they are answered under the site's own host names only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._answers = {"/livez": livez, "/readyz": self.readyz}
        self._readiness = Readiness()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self._answers.get(request.path)
        if answer is None:
            return self.get_response(request)
        try:
            request.get_host()
        except DisallowedHost:
            return error_response(AppError("wrong_host", 400))
        if request.method not in ("GET", "HEAD"):
            return error_response(AppError("method_not_allowed", 405, allowed="GET, HEAD"))
        response = answer()
        response.headers["Cache-Control"] = "no-store"
        return response

    def readyz(self) -> JsonResponse:
        """Whether work can be done: 200, or 503 and what is missing."""
        results = self._readiness.found()
        ready = all(check.ok for check in results)
        body = {
            "status": "ok" if ready else "failing",
            "checks": [check.as_json() for check in results],
        }
        response = JsonResponse(body, status=200 if ready else 503)
        # Django would log an error for each probe; what changes has been logged once.
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response


def livez() -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})

"""Answer requests that need the library's storage while that is unavailable."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from videos.core.errors import AppError
from videos.http.error_responses import reply
from videos.storage.base import StorageDown

logger = logging.getLogger(__name__)


class StorageMiddleware:
    """503 in words, whichever view it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django asks this where a view has raised."""
        if not isinstance(error, StorageDown):
            return None
        logger.error("the storage is not responding", exc_info=error)
        return reply(request, AppError("storage_down", 503))

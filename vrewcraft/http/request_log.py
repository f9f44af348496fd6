"""One log line for each HTTP request, where LOG_REQUESTS asks for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject

from vrewcraft.ops.logging import shown_path

logger = logging.getLogger("vrewcraft.requests")


class RequestLogMiddleware:
    """Logs method, path, status, milliseconds until the answer begins, and who asked.

    Static files and health are answered before it. Queries and file names are left out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.LOG_REQUESTS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        logger.info(
            "request",
            extra={
                "method": request.method,
                "path": escape_uri_path(shown_path(request.path)),
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
                "user": _user_id(request),
            },
        )
        return response


def _user_id(request: HttpRequest) -> str | None:
    """Who asked, where answering needed to know; this itself asks the database nothing."""
    user = getattr(request, "user", None)
    if type(user) is SimpleLazyObject:
        session = request.session
        return session.get(SESSION_KEY) if session.accessed else None
    return str(user.pk) if user else None

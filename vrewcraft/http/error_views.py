"""Answers that belong to no app: errors, and the API's unknown addresses."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from videos.core.errors import AppError
from videos.http.error_responses import reply


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read, or names a host that is not ours."""
    wrong_host = isinstance(exception, DisallowedHost)
    return reply(request, AppError("wrong_host" if wrong_host else "bad_request", 400))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return reply(request, AppError("forbidden", 403))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its token."""
    return reply(request, AppError("forbidden", 403))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return reply(request, AppError("not_found", 404))


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return reply(request, AppError("internal", 500))

"""Answers requests by a wrong method with the allowed methods."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from videos.core.errors import AppError
from videos.http.error_responses import reply


class MethodMiddleware:
    """Puts words into Django's and ninja's bare 405."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        allowed = response.headers["Allow"]
        error_reply = reply(request, AppError("method_not_allowed", 405, allowed=allowed))
        error_reply.headers["Allow"] = allowed
        return error_reply

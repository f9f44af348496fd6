"""The JSON API as a whole: who may use it, and how it refuses."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.errors import AuthenticationError, HttpError, ValidationError

from videos.api import edits, outputs, queue, space, subtitles, tasks, videos
from videos.api.bodies import StrictParser, invalid, unreadable
from videos.api.openapi import DescribedAPI
from videos.core.errors import Refusal
from videos.http.error_responses import refused


class _CsrfCheck(CsrfViewMiddleware):
    """Gives the reason instead of an answer."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def signed_in(request: HttpRequest) -> bool:
    """A program with a token, or a person's page with its CSRF token. Raises Refusal 401 or 403."""
    if not request.user.is_authenticated:
        raise Refusal("unauthorised", 401)
    check = _CsrfCheck(_any_view)
    check.process_request(request)
    if check.process_view(request, _any_view, (), {}) is not None:
        raise Refusal("forbidden", 403)
    return True


def _any_view(_request: HttpRequest) -> HttpResponse:
    """A view that does not opt out of the check."""
    return HttpResponse()


api = DescribedAPI(
    title="VrewCraft",
    version="1",
    description="Upload a video, edit it, follow its tasks. Times are numbers in seconds.",
    auth=signed_in,
    urls_namespace="api",
    parser=StrictParser(),
)
for module in (videos, outputs, subtitles, edits, tasks, queue, space):
    api.add_router("", module.router)


@api.exception_handler(Refusal)
def on_refusal(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Refusals answer for themselves."""
    return refused(refusal)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters or a body that do not fit their schema."""
    return refused(invalid(request, error))


@api.exception_handler(Http404)
def on_missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
    """Unknown and forbidden look the same."""
    return refused(Refusal("not_found", 404))


@api.exception_handler(AuthenticationError)
def on_stranger(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Nobody is signed in."""
    return refused(Refusal("unauthorised", 401))


@api.exception_handler(HttpError)
def on_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses: a body that cannot be read."""
    return refused(unreadable(error))

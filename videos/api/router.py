"""The JSON API as a whole: who may use it, and how it refuses."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja import Router
from ninja.errors import AuthenticationError, HttpError, ValidationError

import videos.api as package
from videos.api.bodies import StrictParser, invalid, unreadable
from videos.api.openapi import DescribedAPI
from videos.core.errors import AppError
from videos.http.error_responses import error_response


class _CsrfCheck(CsrfViewMiddleware):
    """Gives the reason instead of an answer."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def signed_in(request: HttpRequest) -> bool:
    """An API token, or a session with its CSRF token. Raises AppError 401 or 403."""
    if not request.user.is_authenticated:
        raise AppError("unauthorised", 401)
    check = _CsrfCheck(_any_view)
    check.process_request(request)
    if check.process_view(request, _any_view, (), {}) is not None:
        raise AppError("forbidden", 403)
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


def routers() -> Iterator[Router]:
    """The `router` of every module of this package that has one: nothing else names them."""
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        name = f"{package.__name__}.{module.name}"
        router = None if name == __name__ else getattr(import_module(name), "router", None)
        if isinstance(router, Router):
            yield router


for router in routers():
    api.add_router("", router)


@api.exception_handler(AppError)
def on_app_error(_request: HttpRequest, error: AppError) -> HttpResponse:
    """Errors with a code of their own."""
    return error_response(error)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters or a body that do not fit their schema."""
    return error_response(invalid(request, error))


@api.exception_handler(Http404)
def on_missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
    """Unknown and forbidden look the same."""
    return error_response(AppError("not_found", 404))


@api.exception_handler(AuthenticationError)
def on_unauthenticated(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Nobody is signed in."""
    return error_response(AppError("unauthorised", 401))


@api.exception_handler(HttpError)
def on_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses: a body that cannot be read."""
    return error_response(unreadable(error))

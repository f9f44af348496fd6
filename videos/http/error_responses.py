"""Errors as HTTP responses: JSON for API clients, a page for browsers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NotRequired, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from typing_extensions import TypedDict

from videos.core import messages
from videos.core.errors import AppError
from videos.core.json_types import Args, ErrorState, described

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@described
class ErrorAnswer(TypedDict):
    """Every refusal of the API."""

    error: str
    """A sentence: what happened."""
    remedy: str
    """A sentence: what to do about it."""
    code: str
    """Stable, for programs."""
    args: NotRequired[Args]
    """What fills the blanks of both sentences; not where a body is refused while it arrives."""
    fields: NotRequired[dict[str, str]]
    """A sentence for each wrong field, where there are any."""
    fieldCodes: NotRequired[dict[str, str]]
    """A code for each of them."""
    fieldArgs: NotRequired[dict[str, Args]]
    """What fills the blanks of each, where there are any."""


def error_body(error: AppError) -> ErrorState:
    """`{"error", "remedy", "code", "args"}` in English."""
    sentence = messages.in_english(error.code, error.values)
    return {
        "error": sentence["error"],
        "remedy": sentence["remedy"],
        "code": error.code,
        "args": error.values,
    }


def error_response(error: AppError) -> JsonResponse:
    """`{"error", "code", "remedy", "fields"?}` in English, with the error's status."""
    values = error.values
    state = error_body(error)
    body = ErrorAnswer(
        error=state["error"], remedy=state["remedy"], code=state["code"], args=state["args"]
    )
    if error.fields:
        body["fields"] = {
            name: messages.in_english(code, error.values_for(name))["error"]
            for name, code in error.fields.items()
        }
        body["fieldCodes"] = error.fields
        body["fieldArgs"] = error.field_values
        if error.code == "invalid":
            body["error"] = " ".join(f"{name}: {text}" for name, text in body["fields"].items())
            name, first = next(iter(error.fields.items()))
            body["remedy"] = messages.in_english(first, error.values_for(name))["remedy"]
    headers = {"Allow": str(values["allowed"])} if error.status == 405 else {}
    return JsonResponse(body, status=error.status, headers=headers)


def error_page(request: HttpRequest, error: AppError) -> HttpResponse:
    """The same for a person, in their language."""
    context = {
        "status": error.status,
        "sentence": messages.message(error.code, error.values),
        "remedy": messages.remedy(error.code, error.values),
    }
    return render(request, "error.html", context, status=error.status)


def reply(request: HttpRequest, error: AppError) -> HttpResponse:
    """JSON under /api/, a page elsewhere."""
    return error_response(error) if request.path.startswith("/api/") else error_page(request, error)


def see_other(url: str) -> HttpResponse:
    """303: the answer is found by GET elsewhere, so that a reload posts nothing again."""
    return HttpResponseRedirect(url, status=303)


def errors_as_page(view: View[P]) -> View[P]:
    """Decorate a page: what it refuses is shown as a page."""
    return _catching(view, error_page)


def errors_as_json(view: View[P]) -> View[P]:
    """Decorate an API view: what it refuses is answered as JSON."""
    return _catching(view, lambda _request, error: error_response(error))


def _catching(view: View[P], answer: Callable[[HttpRequest, AppError], HttpResponse]) -> View[P]:
    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except AppError as error:
            return answer(request, error)

    return inner

"""How a refusal is answered over HTTP: as JSON to programs, as a page to people."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NotRequired, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from typing_extensions import TypedDict

from videos.core import messages
from videos.core.errors import Refusal
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


def refusal_state(refusal: Refusal) -> ErrorState:
    """`{"error", "remedy", "code", "args"}` in English."""
    sentence = messages.in_english(refusal.code, refusal.blanks)
    return {
        "error": sentence["error"],
        "remedy": sentence["remedy"],
        "code": refusal.code,
        "args": refusal.blanks,
    }


def refused(refusal: Refusal) -> JsonResponse:
    """`{"error", "code", "remedy", "fields"?}` in English, with the refusal's status."""
    blanks = refusal.blanks
    state = refusal_state(refusal)
    body = ErrorAnswer(
        error=state["error"], remedy=state["remedy"], code=state["code"], args=state["args"]
    )
    if refusal.fields:
        body["fields"] = {
            name: messages.in_english(code, refusal.blanks_of(name))["error"]
            for name, code in refusal.fields.items()
        }
        body["fieldCodes"] = refusal.fields
        body["fieldArgs"] = refusal.field_blanks
        if refusal.code == "invalid":
            body["error"] = " ".join(f"{name}: {text}" for name, text in body["fields"].items())
            name, first = next(iter(refusal.fields.items()))
            body["remedy"] = messages.in_english(first, refusal.blanks_of(name))["remedy"]
    headers = {"Allow": str(blanks["allowed"])} if refusal.status == 405 else {}
    return JsonResponse(body, status=refusal.status, headers=headers)


def refused_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The same for a person, in their language."""
    context = {
        "status": refusal.status,
        "sentence": messages.happened(refusal.code, refusal.blanks),
        "remedy": messages.remedy(refusal.code, refusal.blanks),
    }
    return render(request, "error.html", context, status=refusal.status)


def reply(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """JSON under /api/, a page elsewhere."""
    return refused(refusal) if request.path.startswith("/api/") else refused_page(request, refusal)


def see_other(url: str) -> HttpResponse:
    """303: the answer is found by GET elsewhere, so that a reload posts nothing again."""
    return HttpResponseRedirect(url, status=303)


def pages_refusals(view: View[P]) -> View[P]:
    """Decorate a page: what it refuses is shown as a page."""
    return _answering(view, refused_page)


def api_refusals(view: View[P]) -> View[P]:
    """Decorate an API view: what it refuses is answered as JSON."""
    return _answering(view, lambda _request, refusal: refused(refusal))


def _answering(view: View[P], answer: Callable[[HttpRequest, Refusal], HttpResponse]) -> View[P]:
    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return answer(request, refusal)

    return inner

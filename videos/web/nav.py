"""The pages that every page links to. A new one is a line here: its address, view and label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from videos.web import jobs, library, workers


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the main navigation."""

    route: str
    """Its address, as `django.urls.path` takes it."""
    view: Callable[..., HttpResponseBase]
    name: str
    """The name of its address."""
    label: str | Promise
    staff_only: bool = False
    """Whether the navigation shows it to the staff alone; its view checks that by itself."""


PAGES = (
    Page("", library.library, "library", _("Library")),
    Page("jobs/", jobs.jobs, "jobs", _("Jobs")),
    Page("workers/", workers.workers, "workers", _("Workers"), staff_only=True),
)


def urls() -> list[URLPattern]:
    """The addresses of these pages."""
    return [path(page.route, page.view, name=page.name) for page in PAGES]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav`, the links that the main navigation shows this person."""
    staff = getattr(request, "user", None) is not None and request.user.is_staff
    pages = [page for page in PAGES if staff or not page.staff_only]
    return {"nav": [_link(page, request.path) for page in pages]}


def _link(page: Page, current_path: str) -> dict[str, Any]:
    url = reverse(page.name)
    return {"url": url, "label": page.label, "is_current": url == current_path}

"""The library: every video of a person, the upload form, the sample."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from videos.core import messages
from videos.core.body_limits import accepts_body
from videos.core.errors import AppError
from videos.http.error_responses import errors_as_page, see_other
from videos.models import Task, Video
from videos.models.video import owner_key
from videos.services.tasks import requests
from videos.services.uploads import ingest, quota
from videos.services.uploads.multipart import Received, receive, streaming_upload, whole_form
from videos.web.presenters.library import cards
from videos.web.presenters.undo import undo_video

LIBRARY = 200


@require_safe
@login_required
def library(request: HttpRequest) -> HttpResponse:
    """Every video of the person, newest first."""
    return _library(request)


def _library(request: HttpRequest, error: AppError | None = None) -> HttpResponse:
    open_tasks = Task.objects.filter(status__in=["pending", "processing"])
    videos = (
        Video.objects.for_user(request.user)
        .for_lists()
        .prefetch_related(Prefetch("tasks", queryset=open_tasks.for_lists()), "outputs")[:LIBRARY]
    )
    context: dict[str, Any] = {
        "videos": cards(videos),
        "room": quota.room(owner_key(request.user)),
        "upload_limit_bytes": settings.VREWCRAFT_UPLOAD_LIMIT,
        "undo": undo_video(request.user, request.GET.get("deleted", "")),
        "key": request_key(),
    }
    if error:
        context["upload_error"] = {
            "sentence": messages.message(error.code, error.values),
            "remedy": messages.remedy(error.code, error.values),
        }
    return render(request, "library.html", context, status=error.status if error else 200)


def request_key() -> str:
    """What the forms of a page send along: pressed twice, a form makes one task or video."""
    return secrets.token_hex(16)


@accepts_body("upload", whole_form)
@require_POST
@login_required
@errors_as_page
@streaming_upload
def upload(request: HttpRequest) -> HttpResponse:
    """The upload form without scripts."""
    try:
        arrived = receive(request)
        key = _file_key(request, arrived)
        created = ingest.ingest_upload(request.user, arrived.path, arrived.name, key=key)
    except AppError as error:
        return _library(request, error)
    return see_other(reverse("video", args=[created.pk]))


def _file_key(request: HttpRequest, arrived: Received) -> str | None:
    """The key that the page sent, for this file: another one chosen later makes a video too."""
    key = request.POST.get("key")
    return f"{key} {arrived.bytes} {arrived.name}" if key else None


@require_POST
@login_required
def sample(request: HttpRequest) -> HttpResponse:
    """Make the sample video."""
    task = requests.request_sample(request.user, key=request.POST.get("key"))
    return see_other(reverse("video", args=[task.video_id]))

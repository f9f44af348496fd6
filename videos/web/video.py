"""The page of a video, and its edits' forms without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from videos.core.errors import AppError
from videos.http.error_responses import errors_as_page, see_other
from videos.models import Task, Video
from videos.operations.forms import OperationForm
from videos.services.library import videos
from videos.services.tasks import requests
from videos.web.library import request_key
from videos.web.presenters import subtitles
from videos.web.presenters.edits import edits
from videos.web.presenters.task import task_rows
from videos.web.presenters.undo import Undo, undo_output, undo_subtitle, undo_video
from videos.web.presenters.video import detail


@require_safe
@login_required
@errors_as_page
def video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """One video: player, edits, tasks; for a moment after its deletion, the offer to undo that."""
    undo = undo_video(request.user, str(video_id))
    if undo:
        return render(
            request, "video_deleted.html", {"undo": undo, "undo_next": request.path}, status=410
        )
    return _video(request, videos.find_video(request.user, video_id))


def _video(
    request: HttpRequest, video_row: Video, submitted: dict[str, OperationForm] | None = None
) -> HttpResponse:
    """The page; `submitted` holds a form that came back with errors, by its operation's slug."""
    tasks = Task.objects.filter(video=video_row).for_lists()
    shown = [task for task in tasks if not task.housekeeping]
    waiting = [task for task in tasks if not task.is_terminal]
    ready = video_row.state == Video.State.READY
    rows = task_rows(shown if ready else waiting)
    context = {
        "video": detail(video_row),
        "same_file": Video.objects.same_file_as(video_row),
        "edits": edits({**requests.edit_forms(video_row), **(submitted or {})}, submitted or ()),
        "subtitles": subtitles.of(video_row),
        "tasks": rows,
        "outputs": [output for row in rows for output in row["outputs"]],
        "undo": _undo(request),
        "made": _created_by(rows, request.GET.get("made", "")),
        "key": request_key(),
    }
    return render(request, "video.html", context, status=422 if submitted else 200)


def _created_by(rows: list[dict[str, Any]], task_id: str) -> dict[str, Any] | None:
    """The task that was asked for although it had been made before."""
    return next((row for row in rows if row["id"] == task_id and row["outputs"]), None)


def _undo(request: HttpRequest) -> Undo | None:
    """The offer to undo what was deleted on this page."""
    output, subtitle = (request.GET.get(f"deleted_{kind}", "") for kind in ("output", "subtitle"))
    return undo_output(request.user, output) or undo_subtitle(request.user, subtitle)


@require_POST
@login_required
@errors_as_page
def edit(request: HttpRequest, video_id: UUID, operation: str) -> HttpResponse:
    """An edit's form without scripts."""
    video_row = videos.find_video(request.user, video_id)
    requested_operation = requests.edit_operation(operation)
    form = requests.edit_form(video_row, requested_operation, request.POST)
    try:
        result = requests.request_edit_by_form(
            video_row, requested_operation, form, key=request.POST.get("key")
        )
    except AppError:
        if not form.errors:
            raise
        return _video(request, video_row, {operation: form})
    query = f"?made={result.task.pk}" if result.is_reused else ""
    return see_other(reverse("video", args=[video_row.pk]) + query)

"""The page of a video, and its edits' forms without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from videos.core.errors import Refusal
from videos.http.error_responses import pages_refusals, see_other
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
@pages_refusals
def video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """One video: player, edits, tasks; for a moment after its deletion, the offer to undo that."""
    undo = undo_video(request.user, str(video_id))
    if undo:
        return render(
            request, "video_deleted.html", {"undo": undo, "undo_next": request.path}, status=410
        )
    return _video(request, videos.find_video(request.user, video_id))


def _video(
    request: HttpRequest, found: Video, sent: dict[str, OperationForm] | None = None
) -> HttpResponse:
    """The page; `sent` holds a form that came back with errors, by its operation's slug."""
    tasks = Task.objects.filter(video=found).for_lists()
    shown = [task for task in tasks if not task.housekeeping]
    waiting = [task for task in tasks if not task.is_terminal]
    ready = found.state == Video.State.READY
    rows = task_rows(shown if ready else waiting)
    context = {
        "video": detail(found),
        "same_file": Video.objects.same_file_as(found),
        "edits": edits({**requests.edit_forms(found), **(sent or {})}, sent or ()),
        "subtitles": subtitles.of(found),
        "tasks": rows,
        "outputs": [output for row in rows for output in row["outputs"]],
        "undo": _undo(request),
        "made": _made(rows, request.GET.get("made", "")),
        "key": request_key(),
    }
    return render(request, "video.html", context, status=422 if sent else 200)


def _made(rows: list[dict[str, Any]], task_id: str) -> dict[str, Any] | None:
    """The task that was asked for although it had been made before."""
    return next((row for row in rows if row["id"] == task_id and row["outputs"]), None)


def _undo(request: HttpRequest) -> Undo | None:
    """The offer to undo what was deleted on this page."""
    output, subtitle = (request.GET.get(f"deleted_{kind}", "") for kind in ("output", "subtitle"))
    return undo_output(request.user, output) or undo_subtitle(request.user, subtitle)


@require_POST
@login_required
@pages_refusals
def edit(request: HttpRequest, video_id: UUID, operation: str) -> HttpResponse:
    """An edit's form without scripts."""
    found = videos.find_video(request.user, video_id)
    wanted = requests.edit_operation(operation)
    form = requests.edit_form(found, wanted, request.POST)
    try:
        asked = requests.request_edit_by_form(found, wanted, form, key=request.POST.get("key"))
    except Refusal as refusal:
        if not refusal.fields:
            raise
        return _video(request, found, {operation: form})
    query = f"?made={asked.task.pk}" if asked.already_made else ""
    return see_other(reverse("video", args=[found.pk]) + query)

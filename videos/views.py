"""Pages: library, video, jobs, and the forms that work without scripts."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from videos import actions, pages, sentences, space, steering, subtitle_pages
from videos.body_limits import accepts_body
from videos.errors import Refusal
from videos.models import Task, Video
from videos.models.task import TaskStatus
from videos.models.video import owner_key
from videos.params import OperationForm
from videos.replies import pages_refusals, see_other
from videos.steering import Verb
from videos.task_pages import task_rows
from videos.uploads.multipart import Received, receive, streaming_upload, whole_form

PAGE = 50
LIBRARY = 200


@require_safe
@login_required
def library(request: HttpRequest) -> HttpResponse:
    """Every video of the person, newest first."""
    return _library(request)


def _library(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    open_tasks = Task.objects.filter(status__in=["pending", "processing"])
    videos = (
        Video.objects.for_user(request.user)
        .for_lists()
        .prefetch_related(Prefetch("tasks", queryset=open_tasks.for_lists()), "outputs")[:LIBRARY]
    )
    context: dict[str, Any] = {
        "videos": pages.cards(videos),
        "room": space.room(owner_key(request.user)),
        "upload_limit_bytes": settings.VREWCRAFT_UPLOAD_LIMIT,
        "undo": pages.undo_video(request.user, request.GET.get("deleted", "")),
        "key": _key(),
    }
    if refusal:
        context["upload_error"] = {
            "sentence": sentences.happened(refusal.code, refusal.blanks),
            "remedy": sentences.remedy(refusal.code, refusal.blanks),
        }
    return render(request, "library.html", context, status=refusal.status if refusal else 200)


@require_safe
@login_required
@pages_refusals
def video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """One video: player, edits, tasks; for a moment after its deletion, the offer to undo that."""
    undo = pages.undo_video(request.user, str(video_id))
    if undo:
        return render(
            request, "video_deleted.html", {"undo": undo, "undo_next": request.path}, status=410
        )
    return _video(request, actions.find_video(request.user, video_id))


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
        "video": pages.detail(found),
        "same_file": Video.objects.same_file_as(found),
        "edits": pages.edits({**actions.edit_forms(found), **(sent or {})}, sent or ()),
        "subtitles": subtitle_pages.of(found),
        "tasks": rows,
        "outputs": [output for row in rows for output in row["outputs"]],
        "undo": _undo(request),
        "made": _made(rows, request.GET.get("made", "")),
        "key": _key(),
    }
    return render(request, "video.html", context, status=422 if sent else 200)


def _key() -> str:
    """What the forms of a page send along: pressed twice, a form makes one task or video."""
    return secrets.token_hex(16)


def _made(rows: list[dict[str, Any]], task_id: str) -> dict[str, Any] | None:
    """The task that was asked for although it had been made before."""
    return next((row for row in rows if row["id"] == task_id and row["outputs"]), None)


def _undo(request: HttpRequest) -> pages.Undo | None:
    """The offer to undo what was deleted on this page."""
    output, subtitle = (request.GET.get(f"deleted_{kind}", "") for kind in ("output", "subtitle"))
    return pages.undo_output(request.user, output) or pages.undo_subtitle(request.user, subtitle)


@require_safe
@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    """The person's tasks, newest first; `?status=` keeps one of the five, `?page=` goes on."""
    mine = Task.objects.for_user(request.user).filter(housekeeping=False)
    given = request.GET.get("status", "")
    status = given if given in TaskStatus.values else ""
    wanted = mine.filter(status=status) if status else mine
    counts = dict(mine.order_by().values_list("status").annotate(Count("pk")))
    shown = Paginator(wanted.for_lists(), PAGE)
    shown.count = counts.get(status, 0) if status else sum(counts.values())
    part = shown.get_page(request.GET.get("page"))
    context = {
        "tasks": task_rows(list(part)),
        "part": part,
        "status": status,
        "filters": _filters(counts),
        "queue": steering.queue_state(request.user),
        "verbs": list(Verb),
    }
    return render(request, "jobs.html", context)


def _filters(counts: dict[str, int]) -> list[dict[str, Any]]:
    url = reverse("jobs")
    everything = {"status": "", "label": _("All"), "url": url, "count": sum(counts.values())}
    return [
        everything,
        *(
            {
                "status": status.value,
                "label": status.label,
                "url": f"{url}?status={status.value}",
                "count": counts.get(status.value, 0),
            }
            for status in TaskStatus
        ),
    ]


@accepts_body("upload", whole_form)
@require_POST
@login_required
@pages_refusals
@streaming_upload
def upload(request: HttpRequest) -> HttpResponse:
    """The upload form without scripts."""
    try:
        arrived = receive(request)
        key = _file_key(request, arrived)
        created = actions.ingest_upload(request.user, arrived.path, arrived.name, key=key)
    except Refusal as refusal:
        return _library(request, refusal)
    return see_other(reverse("video", args=[created.pk]))


def _file_key(request: HttpRequest, arrived: Received) -> str | None:
    """The key that the page sent, for this file: another one chosen later makes a video too."""
    key = request.POST.get("key")
    return f"{key} {arrived.bytes} {arrived.name}" if key else None


@require_POST
@login_required
def sample(request: HttpRequest) -> HttpResponse:
    """Make the sample video."""
    task = actions.request_sample(request.user, key=request.POST.get("key"))
    return see_other(reverse("video", args=[task.video_id]))


@require_POST
@login_required
@pages_refusals
def edit(request: HttpRequest, video_id: UUID, operation: str) -> HttpResponse:
    """An edit's form without scripts."""
    found = actions.find_video(request.user, video_id)
    wanted = actions.edit_operation(operation)
    form = actions.edit_form(found, wanted, request.POST)
    try:
        asked = actions.request_edit_by_form(found, wanted, form, key=request.POST.get("key"))
    except Refusal as refusal:
        if not refusal.fields:
            raise
        return _video(request, found, {operation: form})
    query = f"?made={asked.task.pk}" if asked.already_made else ""
    return see_other(reverse("video", args=[found.pk]) + query)

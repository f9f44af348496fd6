"""Buttons that control tasks, as forms that work without scripts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from videos.core.errors import AppError
from videos.core.messages import message
from videos.http.error_responses import errors_as_page, see_other
from videos.services.tasks import control, requests
from videos.services.tasks.control import Result, TaskAction


@require_POST
@login_required
@errors_as_page
def apply(request: HttpRequest, task_id: UUID, verb: str) -> HttpResponse:
    """Cancel, pause, resume or retry a task."""
    task = control.find_task(request.user, task_id)
    control.apply(TaskAction(verb), task)
    return _back(request) or redirect("video", task.video_id)


@require_POST
@login_required
@errors_as_page
def make_again(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The same as a new task, although its result is there."""
    task = control.find_task(request.user, task_id)
    requests.rerun_task(task, batch=False, key=request.POST.get("key"))
    return redirect("video", task.video_id)


@require_POST
@login_required
@errors_as_page
def apply_to_many(request: HttpRequest) -> HttpResponse:
    """The same to all that were chosen; how it went is said on the next page."""
    try:
        verb = TaskAction(request.POST.get("verb", ""))
    except ValueError:
        raise AppError("invalid", 422, fields={"verb": "not_a_choice"}) from None
    chosen = request.POST.getlist("task")[: control.MAX_TASKS]
    _say(request, control.apply_to_many(request.user, verb, chosen))
    return _back(request) or redirect("jobs")


def _say(request: HttpRequest, results: list[Result]) -> None:
    if not results:
        messages.warning(request, _("Choose some jobs first."))
    done = sum(result.error is None for result in results)
    if done:
        text = ngettext("Done for %(count)d task.", "Done for %(count)d tasks.", done)
        messages.success(request, text % {"count": done})
    errors = [result.error for result in results if result.error]
    for code in sorted({error.code for error in errors}):
        count = sum(error.code == code for error in errors)
        text = ngettext("Not for %(count)d task:", "Not for %(count)d tasks:", count)
        reason = message(code, {})
        messages.warning(request, f"{text % {'count': count}} {reason}")


@require_POST
@login_required
@errors_as_page
def pause_queue(request: HttpRequest) -> HttpResponse:
    """Pause all edits: one's own or, for staff, those of all users."""
    control.pause_queue(request.user, everybody="everybody" in request.POST)
    return _back(request) or redirect("jobs")


@require_POST
@login_required
@errors_as_page
def resume_queue(request: HttpRequest) -> HttpResponse:
    """Resume them."""
    control.resume_queue(request.user, everybody="everybody" in request.POST)
    return _back(request) or redirect("jobs")


def _back(request: HttpRequest) -> HttpResponse | None:
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return see_other(referer)
    return None

"""The page of a person's jobs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from videos.models import Task
from videos.models.task import TaskStatus
from videos.services.tasks import control
from videos.services.tasks.control import TaskAction
from videos.web.presenters.task import task_rows

PAGE = 50


@require_safe
@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    """The user's tasks, newest first; `?status=` keeps one of the five, `?page=` goes on."""
    mine = Task.objects.for_user(request.user).filter(housekeeping=False)
    given = request.GET.get("status", "")
    status = given if given in TaskStatus.values else ""
    selected = mine.filter(status=status) if status else mine
    counts = dict(mine.order_by().values_list("status").annotate(Count("pk")))
    shown = Paginator(selected.for_lists(), PAGE)
    shown.count = counts.get(status, 0) if status else sum(counts.values())
    part = shown.get_page(request.GET.get("page"))
    context = {
        "tasks": task_rows(list(part)),
        "part": part,
        "status": status,
        "filters": _filters(counts),
        "queue": control.queue_state(request.user),
        "verbs": list(TaskAction),
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

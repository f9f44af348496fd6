"""What a page is told when it subscribes: the state of things, read from the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q

from videos import wire
from videos.models import Task, Video

NEWEST = 100


def find(user: AbstractBaseUser | AnonymousUser, video_id: str) -> UUID | None:
    """The key of the video if it is theirs; ids come in several spellings, a key in one."""
    try:
        key = UUID(video_id)
    except ValueError:
        return None
    return key if Video.objects.for_user(user).filter(pk=key).exists() else None


def of_video(video_id: UUID) -> tuple[dict[str, Any], dict[str, int]]:
    """The video's newest tasks, and each one's `seq`."""
    tasks = _newest(Task.objects.filter(video_id=video_id))
    return {"tasks": wire.task_states(tasks), "upload": None}, _seqs(tasks)


def of_user(user: AbstractBaseUser | AnonymousUser) -> tuple[dict[str, Any], dict[str, int]]:
    """The person's newest tasks by video, and each one's `seq`."""
    tasks = _newest(Task.objects.for_user(user))
    videos: dict[str, dict[str, Any]] = {}
    for state in wire.task_states(tasks):
        video = videos.setdefault(state["videoId"], {"tasks": [], "upload": None})
        video["tasks"].append(state)
    return {"videos": videos}, _seqs(tasks)


def _newest(tasks: Any) -> list[Task]:
    """All that have not ended, and the newest of the others."""
    newest = tasks.order_by("-created_at").values("pk")[:NEWEST]
    open_or_new = Q(status__in=["pending", "processing"]) | Q(pk__in=[row["pk"] for row in newest])
    return list(tasks.filter(open_or_new).for_lists())


def _seqs(tasks: Iterable[Task]) -> dict[str, int]:
    return {str(task.pk): task.seq for task in tasks}

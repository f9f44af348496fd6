"""What a page is told when it subscribes: the state of things, read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from progress.events import task_subject, upload_subject, video_subject
from videos import wire
from videos.models import Task, Upload, Video

Snapshot = tuple[str, dict[str, int]]
"""The message, and the `seq` of each subject in it."""

NEWEST = 100
# What changed before is not looked for any more (progress/hub.py), so it is not told twice.
LATELY_SECONDS = 60


def find(user: AbstractBaseUser | AnonymousUser, video_id: str) -> UUID | None:
    """The key of the video if it is theirs; ids come in several spellings, a key in one."""
    try:
        key = UUID(video_id)
    except ValueError:
        return None
    return key if Video.objects.for_user(user).filter(pk=key).exists() else None


def of_video(video_id: UUID) -> tuple[dict[str, Any], dict[str, int]]:
    """The video, its upload while one is under way, its newest tasks, and each one's `seq`."""
    tasks = _newest(Task.objects.filter(video_id=video_id))
    video = Video.objects.for_lists().filter(pk=video_id).first()
    upload = _under_way(Upload.objects.filter(video_id=video_id)).first()
    data = {
        "video": wire.video_event(video) if video else None,
        "tasks": wire.task_states(tasks),
        "upload": wire.upload_state(upload) if upload else None,
    }
    return data, _seqs(tasks, [upload] if upload else [], [video] if video else [])


def of_user(user: AbstractBaseUser | AnonymousUser) -> tuple[dict[str, Any], dict[str, int]]:
    """The person's newest tasks and the uploads under way by video, and each one's `seq`."""
    tasks = _newest(Task.objects.for_user(user))
    mine = Upload.objects.filter(video__in=Video.objects.for_user(user))
    uploads = list(_under_way(mine))
    videos: defaultdict[str, dict[str, Any]] = defaultdict(lambda: {"tasks": [], "upload": None})
    for state in wire.task_states(tasks):
        videos[state["videoId"]]["tasks"].append(state)
    for upload in uploads:
        about = {"upload": wire.upload_state(upload), "video": wire.video_event(upload.video)}
        videos[str(upload.video_id)] |= about
    lately = Now() - timedelta(seconds=LATELY_SECONDS)
    changed = Video.objects.owned_by(user).for_lists().filter(updated_at__gte=lately)
    return {"videos": dict(videos)}, _seqs(tasks, uploads, changed)


def _under_way(uploads: QuerySet[Upload]) -> QuerySet[Upload]:
    return uploads.filter(finished_at__isnull=True)


def _newest(tasks: Any) -> list[Task]:
    """All that have not ended, and the newest of the others."""
    newest = tasks.order_by("-created_at").values("pk")[:NEWEST]
    open_or_new = Q(status__in=["pending", "processing"]) | Q(pk__in=[row["pk"] for row in newest])
    return list(tasks.filter(open_or_new).for_lists())


def _seqs(
    tasks: Iterable[Task], uploads: Iterable[Upload], videos: Iterable[Video]
) -> dict[str, int]:
    return {
        **{task_subject(task): task.seq for task in tasks},
        **{upload_subject(upload): upload.seq for upload in uploads},
        **{video_subject(video): video.seq for video in videos},
    }

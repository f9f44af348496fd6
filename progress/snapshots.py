"""The state that a client gets when it subscribes, read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models.functions import Now

from progress.events import upload_subject, video_subject
from progress.messages import AllSnapshot, PartialSnapshot, VideoSnapshot
from progress.state_cache import StateCache
from videos.models import Task, Upload, Video
from videos.serializers.task import TaskState
from videos.serializers.upload import upload_state
from videos.serializers.video import video_event

Snapshot = tuple[str, dict[str, int]]
"""The message, and the `seq` of each subject in it."""

NEWEST = 100
# A page that was drawn before a video was deleted, and subscribes after it, is still informed.
RECENT_SECONDS = 60

states = StateCache()


def of_video(
    user: AbstractBaseUser | AnonymousUser, video_id: UUID
) -> tuple[VideoSnapshot, dict[str, int]] | None:
    """The video, its upload while one is under way, its newest tasks, and each one's `seq`.

    None where it is not theirs.
    """
    try:
        video = Video.objects.for_user(user).for_lists().get(pk=video_id)
    except Video.DoesNotExist:
        return None
    tasks = states.newest(Task.objects.filter(video_id=video_id), NEWEST)
    uploads = _under_way(video)
    data: VideoSnapshot = {
        "video": video_event(video),
        "tasks": tasks,
        "upload": upload_state(uploads[0]) if uploads else None,
    }
    return data, _seqs(tasks, uploads, [video])


def _under_way(video: Video) -> list[Upload]:
    """Its upload while bytes are expected; a video that is ready has them all."""
    if video.state == Video.State.READY:
        return []
    return list(Upload.objects.filter(video=video, finished_at__isnull=True))


def of_user(user: AbstractBaseUser | AnonymousUser) -> tuple[AllSnapshot, dict[str, int]]:
    """The newest tasks, the uploads under way and the videos that changed lately, by video.

    With each one's `seq`: only of what is sent, since a socket does not get the same state twice.
    """
    tasks = states.newest(Task.objects.for_user(user), NEWEST)
    mine = Upload.objects.filter(video__in=Video.objects.for_user(user))
    under_way = mine.filter(finished_at__isnull=True).select_related("video")
    uploads = list(under_way.defer("video__probe"))
    videos: defaultdict[str, PartialSnapshot] = defaultdict(lambda: {"tasks": [], "upload": None})
    for state in tasks:
        videos[state["videoId"]]["tasks"].append(state)
    for upload in uploads:
        about = videos[str(upload.video_id)]
        about["upload"], about["video"] = upload_state(upload), video_event(upload.video)
    lately = Now() - timedelta(seconds=RECENT_SECONDS)
    owned = Video.objects.owned_by(user).for_lists()
    changed = list(owned.filter(updated_at__gte=lately).order_by("-updated_at")[:NEWEST])
    for video in changed:
        videos[str(video.pk)]["video"] = video_event(video)
    return {"videos": dict(videos)}, _seqs(tasks, uploads, changed)


def _seqs(
    tasks: Iterable[TaskState], uploads: Iterable[Upload], videos: Iterable[Video]
) -> dict[str, int]:
    return {
        **{state["id"]: state["seq"] for state in tasks},
        **{upload_subject(upload): upload.seq for upload in uploads},
        **{video_subject(video): video.seq for video in videos},
    }

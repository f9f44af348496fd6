"""The JSON API of videos."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from typing_extensions import TypedDict

from videos.api.types import PAGE, Offset, VideoId
from videos.core.json_types import Id, described
from videos.models import Video
from videos.serializers.video import (
    Deleted,
    VideoDetail,
    VideoState,
    deleted_state,
    video_detail,
    video_state,
)
from videos.services.library import deletion, videos

Sha256 = Annotated[
    str, Query(pattern="^[0-9a-fA-F]{64}$", description="Keep those whose source hashes to it.")
]

router = Router()


@described
class Videos(TypedDict):
    """A page of videos."""

    videos: list[VideoState]
    """The newest first."""


@described
class VideoDeleted(Deleted):
    """A video that was deleted."""

    videoId: Id


@router.get("/videos", summary="List your videos, newest first", response=Videos)
def list_videos(request: HttpRequest, offset: Offset = 0, sha256: Sha256 | None = None) -> Videos:
    """At most 100 at a time, from `offset` on; `sha256` keeps those whose source hashes to it."""
    result = Video.objects.for_user(request.user).for_lists()
    if sha256:
        result = result.filter(sha256=sha256.lower())
    return {"videos": [video_state(video) for video in result[offset : offset + PAGE]]}


@router.get(
    "/videos/{video_id}",
    summary="Get a video with its tracks, keyframes, tasks and outputs",
    response=VideoDetail,
)
def get_video(request: HttpRequest, video_id: VideoId) -> VideoDetail:
    """Times are in seconds."""
    return video_detail(videos.find_video(request.user, video_id))


@router.delete(
    "/videos/{video_id}", summary="Delete a video, its edits and results", response=VideoDeleted
)
def delete_video(request: HttpRequest, video_id: VideoId) -> VideoDeleted:
    """Hidden at once; for `undoSeconds` it can be restored, then its files are removed."""
    video = videos.find_video(request.user, video_id)
    deletion.delete_video(video)
    return {"videoId": str(video.pk), **deleted_state(video.deleted_at)}


@router.post(
    "/videos/{video_id}/restore", summary="Undo the deletion of a video", response=VideoDetail
)
def restore_video(request: HttpRequest, video_id: VideoId) -> VideoDetail:
    """The video as it was."""
    return video_detail(deletion.restore_video(request.user, video_id))

"""Finding a person's own videos and outputs."""

from __future__ import annotations

from uuid import UUID

from videos.models import Output, Video
from videos.models.lookup import one
from videos.models.video import Viewer


def find_video(user: Viewer, video_id: str | UUID) -> Video:
    """The user's own video. Raises AppError 404, the same for a stranger's and an unknown id."""
    return one(Video.objects.for_user(user), video_id)


def find_output(user: Viewer, output_id: str | UUID) -> Output:
    """The user's own output. Raises AppError 404."""
    return one(Output.objects.for_user(user), output_id)

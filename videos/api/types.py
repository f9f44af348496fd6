"""What several calls declare alike: ids in addresses, pages of lists, refusals."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Query

from videos.core.json_types import Id
from videos.http.error_responses import ErrorAnswer

PAGE = 100


# Whatever is no id is not found, as an unknown one is.
VideoId = Annotated[Id, Path(description="The id of a video.")]
OutputId = Annotated[Id, Path(description="The id of a result.")]
SubtitlesId = Annotated[Id, Path(description="The id of a subtitle file.")]
TaskId = Annotated[Id, Path(description="The id of a task.")]
Offset = Annotated[int, Query(ge=0, le=2**31 - 1, description="How many to pass over.")]


def errors(*statuses: int) -> dict[int, Any]:
    """What a call refuses besides what all calls of its shape do (videos/api/openapi.py)."""
    return dict.fromkeys(statuses, ErrorAnswer)

"""The JSON API of subtitle files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field
from typing_extensions import TypedDict

from videos.api.bodies import JsonBody
from videos.api.types import SubtitlesId, VideoId, errors
from videos.core.body_limits import accepts_body
from videos.core.json_types import Id, described
from videos.http.form_file import BODY_BYTES, subtitle_file
from videos.serializers.subtitle import SubtitleState, subtitle_state
from videos.serializers.video import Deleted, deleted_state
from videos.services.library import subtitles, videos

FILE = {
    "type": "object",
    "properties": {
        "subtitles": {"type": "string", "format": "binary"},
        "encoding": {"type": "string", "description": "The Python codec that reads it."},
        "language": {"type": "string", "description": "Three letters of ISO 639-2/T."},
    },
    "required": ["subtitles"],
}

router = Router()


def _without_default(schema: dict[str, Any]) -> None:
    """What stands in a field that was not sent is nothing that anybody may send."""
    del schema["default"]


def _optional(description: str) -> Any:
    return Field(default="", description=description, json_schema_extra=_without_default)


class SubtitleChange(JsonBody):
    """What to read differently; what is left out stays."""

    encoding: str = _optional("The Python codec that reads it.")
    language: str = _optional("Three letters of ISO 639-2/T.")


@described
class SubtitleFiles(TypedDict):
    """The subtitle files of a video."""

    subtitles: list[SubtitleState]
    """The oldest first."""


@described
class SubtitlesDeleted(Deleted):
    """A subtitle file that was deleted."""

    subtitlesId: Id


@router.post(
    "/videos/{video_id}/subtitles",
    summary="Add a subtitle file to a video",
    url_name="attach_subtitles",
    response={201: SubtitleState, **errors(409, 503, 507)},
    openapi_extra={
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FILE}}}
    },
)
@accepts_body("api:attach_subtitles", BODY_BYTES)
def attach(request: HttpRequest, video_id: VideoId) -> Status[SubtitleState]:
    """Multipart: the file in `subtitles`, and where wanted `encoding` and `language`.

    SRT, WebVTT, ASS and SAMI, found out by their content; so is the encoding unless it is given.
    """
    video = videos.find_video(request.user, video_id)
    raw, name = subtitle_file(request)
    file = subtitles.attach(
        video,
        raw,
        name,
        encoding=request.POST.get("encoding") or None,
        language=request.POST.get("language") or None,
    )
    return Status(201, subtitle_state(file))


@router.get(
    "/videos/{video_id}/subtitles",
    summary="List the subtitle files of a video",
    response=SubtitleFiles,
)
def list_files(request: HttpRequest, video_id: VideoId) -> SubtitleFiles:
    """The oldest first."""
    video = videos.find_video(request.user, video_id)
    present = video.subtitles.filter(deleted_at__isnull=True)
    return {"subtitles": [subtitle_state(file) for file in present]}


@router.patch(
    "/subtitles/{file_id}",
    summary="Change the encoding or language of a subtitle file",
    response={200: SubtitleState, **errors(503, 507)},
)
def change(request: HttpRequest, file_id: SubtitlesId, body: SubtitleChange) -> SubtitleState:
    """`encoding`, `language`, or both."""
    file = subtitles.find(request.user, file_id)
    return subtitle_state(subtitles.change(file, **body.model_dump(exclude_unset=True)))


@router.delete("/subtitles/{file_id}", summary="Delete a subtitle file", response=SubtitlesDeleted)
def delete(request: HttpRequest, file_id: SubtitlesId) -> SubtitlesDeleted:
    """Hidden at once; for `undoSeconds` it can be restored, then it is removed."""
    file = subtitles.find(request.user, file_id)
    subtitles.delete(file)
    return {"subtitlesId": str(file.pk), **deleted_state(file.deleted_at)}


@router.post(
    "/subtitles/{file_id}/restore",
    summary="Undo the deletion of a subtitle file",
    response=SubtitleState,
)
def restore(request: HttpRequest, file_id: SubtitlesId) -> SubtitleState:
    """The file as it was."""
    return subtitle_state(subtitles.restore(request.user, file_id))

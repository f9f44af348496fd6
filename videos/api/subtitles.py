"""The JSON API of subtitle files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from videos.api.videos import json_object
from videos.core.body_limits import accepts_body
from videos.core.errors import Refusal
from videos.http.form_file import BODY_BYTES, subtitle_file
from videos.serializers.video import undo_seconds
from videos.services.library import subtitles, videos

CHANGES = ("encoding", "language")

router = Router()


@router.post(
    "/videos/{video_id}/subtitles",
    summary="Add a subtitle file to a video",
    url_name="attach_subtitles",
    response={201: dict[str, Any]},
)
@accepts_body("api:attach_subtitles", BODY_BYTES)
def attach(request: HttpRequest, video_id: str) -> Status[dict[str, Any]]:
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
    return Status(201, subtitles.state(file))


@router.get("/videos/{video_id}/subtitles", summary="The subtitle files of a video")
def list_files(request: HttpRequest, video_id: str) -> dict[str, Any]:
    """The oldest first."""
    video = videos.find_video(request.user, video_id)
    present = video.subtitles.filter(deleted_at__isnull=True)
    return {"subtitles": [subtitles.state(file) for file in present]}


@router.patch("/subtitles/{file_id}", summary="Read a subtitle file differently")
def change(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """`encoding`, `language`, or both."""
    data = json_object(request)
    wrong = {name: "unknown_field" for name in data if name not in CHANGES}
    wrong |= {name: "not_text" for name in CHANGES if not isinstance(data.get(name, ""), str)}
    if wrong:
        raise Refusal("invalid", 422, fields=wrong)
    file = subtitles.find(request.user, file_id)
    return subtitles.state(subtitles.change(file, **data))


@router.delete("/subtitles/{file_id}", summary="Delete a subtitle file")
def delete(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """Hidden at once; for `undoSeconds` it can be restored, then it is removed."""
    file = subtitles.find(request.user, file_id)
    subtitles.delete(file)
    seconds = undo_seconds(file.deleted_at) if file.deleted_at else 0.0
    return {"subtitlesId": str(file.pk), "deleted": True, "undoSeconds": seconds}


@router.post("/subtitles/{file_id}/restore", summary="Undo the deletion of a subtitle file")
def restore(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """The file as it was."""
    return subtitles.state(subtitles.restore(request.user, file_id))

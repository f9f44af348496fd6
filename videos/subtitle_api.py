"""The JSON API of subtitle files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from videos import actions, subtitle_files, wire
from videos.api import json_object
from videos.body_limits import MIB, accepts_body
from videos.errors import Refusal
from videos.subtitles.reading import MOST_BYTES, MOST_MIB

FIELD = "subtitles"
BODY_BYTES = 5 * MIB
"""With the lines of its form a file of MOST_BYTES is smaller."""
CHANGES = ("encoding", "language")

router = Router()


def received(request: HttpRequest) -> tuple[bytes, str]:
    """The bytes and the name of the file that a form sent. Raises Refusal 413, 415 or 422."""
    if request.content_type != "multipart/form-data":
        raise Refusal("wrong_content_type", 415, expected="multipart/form-data")
    sent = request.FILES.get(FIELD)
    if sent is None:
        raise Refusal("missing_subtitles", 422, fields={FIELD: "required"})
    raw: bytes = sent.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Refusal("subtitles_too_large", 413, limit=MOST_MIB)
    return raw, sent.name or ""


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
    video = actions.find_video(request.user, video_id)
    raw, name = received(request)
    file = subtitle_files.attach(
        video,
        raw,
        name,
        encoding=request.POST.get("encoding") or None,
        language=request.POST.get("language") or None,
    )
    return Status(201, subtitle_files.state(file))


@router.get("/videos/{video_id}/subtitles", summary="The subtitle files of a video")
def list_files(request: HttpRequest, video_id: str) -> dict[str, Any]:
    """The oldest first."""
    video = actions.find_video(request.user, video_id)
    present = video.subtitles.filter(deleted_at__isnull=True)
    return {"subtitles": [subtitle_files.state(file) for file in present]}


@router.patch("/subtitles/{file_id}", summary="Read a subtitle file differently")
def change(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """`encoding`, `language`, or both."""
    data = json_object(request)
    wrong = {name: "unknown_field" for name in data if name not in CHANGES}
    wrong |= {name: "not_text" for name in CHANGES if not isinstance(data.get(name, ""), str)}
    if wrong:
        raise Refusal("invalid", 422, fields=wrong)
    file = subtitle_files.find(request.user, file_id)
    return subtitle_files.state(subtitle_files.change(file, **data))


@router.delete("/subtitles/{file_id}", summary="Delete a subtitle file")
def delete(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """Hidden at once; for `undoSeconds` it can be restored, then it is removed."""
    file = subtitle_files.find(request.user, file_id)
    subtitle_files.delete(file)
    seconds = wire.undo_seconds(file.deleted_at) if file.deleted_at else 0.0
    return {"subtitlesId": str(file.pk), "deleted": True, "undoSeconds": seconds}


@router.post("/subtitles/{file_id}/restore", summary="Undo the deletion of a subtitle file")
def restore(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """The file as it was."""
    return subtitle_files.state(subtitle_files.restore(request.user, file_id))

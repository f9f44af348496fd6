"""Subtitle files on pages: the player's track, and forms that work without scripts."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from videos.core.body_limits import accepts_body
from videos.http.error_responses import errors_as_page, see_other
from videos.http.form_file import BODY_BYTES, subtitle_file
from videos.services.library import subtitles, videos


@require_safe
@login_required
@errors_as_page
def track(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The file as WebVTT."""
    file = subtitles.find(request.user, str(file_id))
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}
    return HttpResponse(
        subtitles.track(file), content_type="text/vtt; charset=utf-8", headers=headers
    )


@accepts_body("attach_subtitles", BODY_BYTES)
@require_POST
@login_required
@errors_as_page
def attach(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Add a file."""
    video = videos.find_video(request.user, video_id)
    subtitles.attach(video, *subtitle_file(request))
    return _page(video_id)


@require_POST
@login_required
@errors_as_page
def change(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Choose encoding and language."""
    file = subtitles.find(request.user, str(file_id))
    encoding = request.POST.get("encoding", "")
    subtitles.change(
        file,
        encoding=encoding if encoding != file.encoding else None,
        language=request.POST.get("language") or None,
    )
    return _page(file.video_id)


@require_POST
@login_required
@errors_as_page
def delete(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Delete a file; the page of its video offers to undo it."""
    file = subtitles.find(request.user, str(file_id))
    subtitles.delete(file)
    return _page(file.video_id, deleted_subtitle=file.pk)


@require_POST
@login_required
@errors_as_page
def restore(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Undo it."""
    return _page(subtitles.restore(request.user, str(file_id)).video_id)


def _page(video_id: UUID, **query: object) -> HttpResponse:
    address = reverse("video", args=[video_id])
    return see_other(f"{address}?{urlencode(query)}" if query else address)

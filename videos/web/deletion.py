"""Pages' forms that delete and restore, for browsers without scripts."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from videos.http.error_responses import errors_as_page, see_other
from videos.services.library import deletion, videos


@require_POST
@login_required
@errors_as_page
def delete_video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Delete a video; the library offers to undo it."""
    video = videos.find_video(request.user, video_id)
    deletion.delete_video(video)
    return see_other(f"{reverse('library')}?{urlencode({'deleted': video.pk})}")


@require_POST
@login_required
@errors_as_page
def restore_video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Undo it."""
    video = deletion.restore_video(request.user, video_id)
    return see_other(reverse("video", args=[video.pk]))


@require_POST
@login_required
@errors_as_page
def delete_output(request: HttpRequest, output_id: UUID) -> HttpResponse:
    """Delete a result; the page of its video offers to undo it."""
    output = videos.find_output(request.user, output_id)
    deletion.delete_output(output)
    page = reverse("video", args=[output.video_id])
    return see_other(f"{page}?{urlencode({'deleted_output': output.pk})}")


@require_POST
@login_required
@errors_as_page
def restore_output(request: HttpRequest, output_id: UUID) -> HttpResponse:
    """Undo it."""
    output = deletion.restore_output(request.user, output_id)
    return see_other(reverse("video", args=[output.video_id]))

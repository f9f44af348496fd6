"""`POST /api/upload`: an ordinary small upload, by a page or a program."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from videos import actions
from videos.errors import Refusal
from videos.replies import api_refusals
from videos.uploads.multipart import receive, streaming_upload


@api_refusals
@streaming_upload
def api_upload(request: HttpRequest) -> HttpResponse:
    """Multipart, field `video`; 201 `{"videoId", "url"}`. The file is probed afterwards."""
    if request.method != "POST":
        raise Refusal("method_not_allowed", 405, allowed="POST")
    if not request.user.is_authenticated:
        raise Refusal("unauthorised", 401)
    arrived = receive(request)
    video = actions.ingest_upload(request.user, arrived.path, arrived.name)
    url = reverse("video", args=[video.pk])
    return JsonResponse({"videoId": str(video.pk), "url": url}, status=201)

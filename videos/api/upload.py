"""`POST /api/upload`: an ordinary small upload, by a page or a program."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from typing_extensions import TypedDict

from videos.core.body_limits import accepts_body
from videos.core.errors import AppError
from videos.core.json_types import Id, Url, described
from videos.http.error_responses import errors_as_json
from videos.services.tasks.idempotency import idempotency_key
from videos.services.uploads import ingest
from videos.services.uploads.multipart import receive, streaming_upload, whole_form


@described
class UploadAccepted(TypedDict):
    """A file that has arrived."""

    videoId: Id
    url: Url
    """The page of its video."""


@accepts_body("api_upload", whole_form)
@csrf_exempt
@errors_as_json
def api_upload(request: HttpRequest) -> HttpResponseBase:
    """Multipart, field `video`; 201 `{"videoId", "url"}`. The file is probed afterwards.

    The same file under the same `Idempotency-Key` header gives the same video.
    Strangers are refused before their body is read; the CSRF check, which reads it, comes after.
    """
    if request.method != "POST":
        raise AppError("method_not_allowed", 405, allowed="POST")
    if not request.user.is_authenticated:
        raise AppError("unauthorised", 401)
    return _take(request)


@streaming_upload
def _take(request: HttpRequest) -> HttpResponse:
    key = idempotency_key(request)
    arrived = receive(request)
    video = ingest.ingest_upload(request.user, arrived.path, arrived.name, key=key)
    url = reverse("video", args=[video.pk])
    accepted: UploadAccepted = {"videoId": str(video.pk), "url": url}
    return JsonResponse(accepted, status=201)

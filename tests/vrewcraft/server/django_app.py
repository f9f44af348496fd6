"""A Django site with settings of its own: a file to fetch and a place to upload."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from videos.core.errors import AppError
from videos.http.file_response import serve_file
from videos.services.uploads.multipart import receive, streaming_upload
from vrewcraft.http.body_limit import Application


async def file(request: HttpRequest) -> HttpResponseBase:
    """The file `large.bin` of the data folder."""
    source = settings.VREWCRAFT_DATA_DIR / "large.bin"
    return await serve_file(
        request, source, name="large.bin", content_type="video/mp4", inline=True
    )


@streaming_upload
def take(request: HttpRequest) -> HttpResponse:
    """Keep the uploaded file as `kept.bin`."""
    received = receive(request)
    received.path.rename(settings.VREWCRAFT_DATA_DIR / "kept.bin")
    return JsonResponse({"name": received.name, "bytes": received.bytes}, status=201)


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponseBase:
    """As a program with a token would be let in: without the CSRF check."""
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    try:
        return take(request)
    except AppError as error:
        return JsonResponse({"code": error.code}, status=error.status)


urlpatterns = [path("file", file), path("api/upload", upload)]


def make_application(folder: Path, upload_limit: int) -> Application:
    """The site, with its data in `folder`."""
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="not a secret",
        VREWCRAFT_DATA_DIR=folder,
        VREWCRAFT_SENDFILE="",
        VREWCRAFT_UPLOAD_LIMIT=upload_limit,
    )
    from vrewcraft.http.handler import get_asgi_application

    return get_asgi_application()

"""Serving files: sources and outputs, to those who may see them."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from videos.models import Output, Video
from videos.models.video import library
from videos.plan import ArtifactKind
from videos.serving import serve_file

# What pages show; other files are saved.
SHOWN = {ArtifactKind.POSTER, ArtifactKind.STORYBOARD, ArtifactKind.SPRITE, ArtifactKind.PEAKS}


@require_safe
async def output(request: HttpRequest, output_id: UUID, name: str) -> HttpResponseBase:
    """A task's file: saved under its name, or shown where it is a picture or `?inline` asks.

    `?download` has it saved in any case.
    """
    user = await request.auser()
    found = await Output.objects.for_user(user).filter(pk=output_id).afirst()
    if found is None or found.name != name:
        raise Http404
    return await serve_file(
        request,
        Path(library().path(found.key)),
        name=found.name,
        content_type=found.media_type,
        inline=(found.kind in SHOWN or "inline" in request.GET) and "download" not in request.GET,
    )


@require_safe
async def source(request: HttpRequest, video_id: UUID, name: str) -> HttpResponseBase:
    """A video's untouched original: for the page's player, or saved where `?download` asks."""
    user = await request.auser()
    found = await Video.objects.for_user(user).for_lists().filter(pk=video_id).afirst()
    if found is None or found.name != name or not found.source_key:
        raise Http404
    return await serve_file(
        request,
        Path(library().path(found.source_key)),
        name=found.name,
        content_type=found.media_type,
        inline="download" not in request.GET,
    )

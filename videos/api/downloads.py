"""Serving files: sources and outputs, to those who may see them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from videos.core.errors import Refusal
from videos.http.error_responses import reply
from videos.http.file_response import serve_file
from videos.http.s3_response import Handed, hand
from videos.models import Output, Video
from videos.storage import registry
from videos.storage.registry import library


@require_safe
async def output(request: HttpRequest, output_id: UUID, name: str) -> HttpResponseBase:
    """A task's file: saved under its name, or shown where its kind or `?inline` says so.

    `?download` has it saved in any case.
    """
    user = await request.auser()
    found = await Output.objects.for_user(user).filter(pk=output_id).afirst()
    if found is None or found.name != name:
        raise Http404
    shown = found.output_kind.inline
    inline = (shown or "inline" in request.GET) and "download" not in request.GET
    file = Handed(found.key, found.name, found.media_type, inline=inline, small=shown)
    return await _served(request, file)


@require_safe
async def source(request: HttpRequest, video_id: UUID, name: str) -> HttpResponseBase:
    """A video's untouched original: for the page's player, or saved where `?download` asks."""
    user = await request.auser()
    found = await Video.objects.for_user(user).for_lists().filter(pk=video_id).afirst()
    if found is None or found.name != name or not found.source_key:
        raise Http404
    inline = "download" not in request.GET
    file = Handed(found.source_key, found.name, found.media_type, inline=inline)
    return await _served(request, file)


async def _served(request: HttpRequest, file: Handed) -> HttpResponseBase:
    """From the folder of the library by ourselves, from a bucket mostly by itself."""
    if bucket := registry.bucket():
        try:
            return await asyncio.to_thread(hand, bucket, request, file)
        except Refusal as refusal:
            return reply(request, refusal)
    return await serve_file(
        request,
        Path(library().path(file.key)),
        name=file.name,
        content_type=file.media_type,
        inline=file.inline,
    )

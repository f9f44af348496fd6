"""Serving files: sources and outputs, to those who may see them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from videos.http.stored_response import StoredFile, serve_stored
from videos.models import Output, Video


@require_safe
async def output(request: HttpRequest, output_id: UUID, name: str) -> HttpResponseBase:
    """A task's file: saved under its name, or shown where its kind or `?inline` says so.

    `?download` has it saved in any case.
    """
    user = await request.auser()
    row = await Output.objects.for_user(user).filter(pk=output_id).afirst()
    if row is None or row.name != name:
        raise Http404
    shown = row.output_kind.inline
    inline = (shown or "inline" in request.GET) and "download" not in request.GET
    file = StoredFile(row.key, row.name, row.media_type, inline=inline, small=shown)
    return await serve_stored(request, file)


@require_safe
async def source(request: HttpRequest, video_id: UUID, name: str) -> HttpResponseBase:
    """A video's untouched original: for the page's player, or saved where `?download` asks."""
    user = await request.auser()
    row = await Video.objects.for_user(user).for_lists().filter(pk=video_id).afirst()
    if row is None or row.name != name or not row.source_key:
        raise Http404
    inline = "download" not in request.GET
    file = StoredFile(row.source_key, row.name, row.media_type, inline=inline)
    return await serve_stored(request, file)

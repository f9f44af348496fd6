"""The JSON API of space."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from typing_extensions import TypedDict

from videos.core.json_types import described
from videos.models.video import owner_key
from videos.services.uploads import quota

router = Router()


@described
class Space(TypedDict):
    """A person's share of the disk, in bytes."""

    usedBytes: int
    """What they keep, and what is reserved for uploads under way."""
    leftBytes: int
    """How much more they may upload."""
    totalBytes: int | None
    """The size of the disk or their quota; null where the library is a bucket without one."""
    quotaBytes: int | None
    """Null where there is none."""


@router.get("/space", summary="Get the space used and the space left", response=Space)
def get_space(request: HttpRequest) -> Space:
    """In bytes. Uploads under way count with all that is reserved for them."""
    room = quota.room(owner_key(request.user))
    return {
        "usedBytes": room.used,
        "leftBytes": room.left,
        "totalBytes": room.total,
        "quotaBytes": room.quota,
    }

"""What has been made before: the same operation on the same sources with the same params."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from videos.models import Task, Video
from videos.operations.base import Source
from videos.storage import registry
from videos.storage.base import StorageDown


def fingerprint(operation: str, sources: Sequence[Source], params: Mapping[str, Any]) -> str:
    """A hash of all that a result follows from; another version may make something else of it."""
    parts = [
        settings.VREWCRAFT_VERSION,
        operation,
        dict(params),
        [[each.video_id, each.probe.bytes, _subtitles(each)] for each in sources],
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _subtitles(source: Source) -> list[list[str]]:
    """How its subtitle files are read, which people may change."""
    return [[each.id, each.encoding, each.language] for each in source.subtitles]


def find_reusable(
    video: Video, operation: str, sources: Sequence[Source], params: Mapping[str, Any]
) -> Task | None:
    """The newest complete task of that kind whose outputs are all still there."""
    same = Task.objects.filter(
        video=video,
        status=Task.Status.COMPLETE,
        fingerprint=fingerprint(operation, sources, params),
    )
    return next((task for task in same.for_lists() if _has_all(task)), None)


def _has_all(task: Task) -> bool:
    outputs = task.outputs.all()
    present = all(each.deleted_at is None for each in outputs)
    try:
        return bool(outputs) and present and _are_stored([each.key for each in outputs])
    except StorageDown:  # done again once it is back
        return False


def _are_stored(keys: Sequence[str]) -> bool:
    """Whether the library has them all; it is asked once for each folder."""
    store = registry.store()
    folders = {key.rpartition("/")[0] for key in keys}
    stored = {item.key for folder in folders for item in store.list(f"{folder}/")}
    return stored.issuperset(keys)

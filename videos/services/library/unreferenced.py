"""Removing files that were published for a row that did not come to be."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import DatabaseError

from videos.models import Output, Video
from videos.storage import registry

logger = logging.getLogger(__name__)


def remove_unreferenced(keys: Sequence[str]) -> None:
    """Remove published files after a failure, unless a row names them.

    The answer to a commit can be lost although the commit was done. Where the database cannot be
    asked, the files stay: better one too many than one too few.
    """
    for key in keys:
        try:
            named = Output.objects.filter(key=key).exists()
            named = named or Video.objects.filter(source_key=key).exists()
        except DatabaseError:
            logger.exception("a possibly orphaned file is kept")
            continue
        if not named:
            registry.store().delete(key)

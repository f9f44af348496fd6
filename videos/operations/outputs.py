"""The kinds of files that tasks make."""

from __future__ import annotations

import enum


class ArtifactKind(enum.StrEnum):
    """What a file that a task made is."""

    RENDITION = "rendition"
    POSTER = "poster"
    SOURCE = "source"
    PROBE = "probe"
    IMAGE = "image"
    ARCHIVE = "archive"
    STORYBOARD = "storyboard"
    SPRITE = "sprite"
    PEAKS = "peaks"

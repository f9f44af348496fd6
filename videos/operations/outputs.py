"""The kinds of files that tasks make. A new kind is one more line here; no migration follows."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Preview(enum.StrEnum):
    """How a page shows an output without a download."""

    NONE = "none"
    IMAGE = "image"
    VIDEO = "video"


class VideoPart(enum.Enum):
    """What a task makes for the video itself; never an output to download."""

    SOURCE = "source"
    PROBE = "probe"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class OutputKind:
    """What a file that a task made is."""

    slug: str
    """As the database and the API have it; at most 20 characters."""
    label: str | Promise
    """What a person calls it."""
    inline: bool = False
    """Whether a browser shows it; else it saves it, unless it is asked to show it."""
    derived: bool = False
    """Whether the system makes it of every video for its own pages: no result of a person's."""
    preview: Preview = Preview.NONE


_kinds: dict[str, OutputKind] = {}


def register(kind: OutputKind) -> OutputKind:
    """Make a kind known under its slug."""
    if kind.slug in _kinds:
        raise ValueError(f"There are two kinds of outputs with the slug {kind.slug!r}.")
    _kinds[kind.slug] = kind
    return kind


def unregister(kind: OutputKind) -> None:
    """Forget a kind, as a test does at its end."""
    del _kinds[kind.slug]


def by_slug(slug: str) -> OutputKind:
    """The kind of that slug; a plain file where the kind is no longer declared."""
    return _kinds.get(slug) or OutputKind(slug, slug)


def all_kinds() -> tuple[OutputKind, ...]:
    """Every kind that is declared."""
    return tuple(_kinds.values())


def derived() -> tuple[OutputKind, ...]:
    """The kinds that are made of every video."""
    return tuple(kind for kind in all_kinds() if kind.derived)


RENDITION = register(OutputKind("rendition", _("Video"), preview=Preview.VIDEO))
IMAGE = register(OutputKind("image", _("Image"), preview=Preview.IMAGE))
ARCHIVE = register(OutputKind("archive", _("Archive")))
POSTER = register(OutputKind("poster", _("Poster"), inline=True, derived=True))
STORYBOARD = register(OutputKind("storyboard", _("Storyboard"), inline=True, derived=True))
SPRITE = register(OutputKind("sprite", _("Storyboard pictures"), inline=True, derived=True))
PEAKS = register(OutputKind("peaks", _("Waveform"), inline=True, derived=True))

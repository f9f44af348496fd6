"""File names as people know them: made safe to show, to keep in a row and to send in a header."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

MAX_LENGTH = 150
MAX_EXTENSION = 16
FALLBACK = "video"
# They turn the reading direction, so that a name shows another extension than it has.
BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1 (attr-char)
ATTR_CHARS = "!#$&+-.^_`|~"


def clean_name(raw: str) -> str:
    """A client's file name as NFC without path parts and control characters; never empty.

    At most 150 characters long; a longer one loses the end of its stem, not its extension.
    """
    text = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(_shown(character) for character in text)
    text = re.sub(r"\s+", " ", text).strip(" ").rstrip(". ")
    stem, extension = split_name(text)
    return _joined(stem.rstrip() or FALLBACK, extension)


def split_name(name: str) -> tuple[str, str]:
    """The stem, and the extension with its dot (or nothing)."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not extension or len(extension) > MAX_EXTENSION or " " in extension:
        return name, ""
    return stem, dot + extension


def plain_suffix(name: str) -> str:
    """The extension, only where it is short and plain: it is for people, not for programs."""
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ""


def media_type(name: str) -> str:
    """What a file of that name is served as: always a video."""
    guessed = mimetypes.guess_type(name)[0] or ""
    return guessed if guessed.startswith("video/") else "video/mp4"


def output_name(source_name: str, suffix: str, extension: str) -> str:
    """What a task's file is called: `output_name("a.mov", "trimmed", "mp4")` is `a_trimmed.mp4`."""
    stem = split_name(clean_name(source_name))[0]
    return _joined(stem, f"_{suffix}.{extension}")


def file_name(named: str, extension: str) -> str:
    """A name that a person gives, with that extension: `file_name("a", "mp4")` is `a.mp4`."""
    stem, own = split_name(clean_name(named))
    return _joined(stem if own.lower() == f".{extension}" else stem + own, f".{extension}")


def content_disposition(name: str, *, inline: bool) -> str:
    """The header's value (RFC 6266): an ASCII name, and the real one (RFC 8187) if it differs."""
    name = clean_name(name)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    plain = re.sub(r'["\\%]', "_", plain)
    kind = "inline" if inline else "attachment"
    if plain == name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=ATTR_CHARS)}"


def _shown(character: str) -> str:
    if character in BIDI_CONTROLS:
        return ""
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "\ufffd" if category == "Cs" else character


def _joined(stem: str, ending: str) -> str:
    return stem[: MAX_LENGTH - len(ending)].rstrip() + ending

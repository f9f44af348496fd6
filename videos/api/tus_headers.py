"""The headers of tus 1.0.0 as values (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from videos.core.errors import AppError

VERSION = "1.0.0"
ALGORITHMS = ("sha1", "sha256")
METADATA_LENGTH = 4096
# More digits than any file has bytes; Python is slow at reading very long numbers.
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
KEY = re.compile(r"[!-+\--~]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes

    def fits(self, pieces: Iterable[bytes]) -> bool:
        """Whether these bytes are what was sent."""
        digest = hashlib.new(self.algorithm, usedforsecurity=False)
        for piece in pieces:
            digest.update(piece)
        return digest.digest() == self.digest


def number(text: str | None) -> int | None:
    """A number of bytes; None where it is missing or is none."""
    return int(text) if text is not None and NUMBER.fullmatch(text) else None


def checksum(header: str | None) -> Checksum | None:
    """`sha1 BASE64`. Raises AppError 400 `unknown_checksum`."""
    if header is None:
        return None
    algorithm, _, text = header.partition(" ")
    digest = _base64(text)
    if algorithm not in ALGORITHMS or digest is None:
        raise AppError("unknown_checksum", 400)
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise AppError("unknown_checksum", 400)
    return Checksum(algorithm, digest)


def metadata(header: str) -> dict[str, str]:
    """Names and values; a value is optional. Raises AppError 400 `wrong_metadata`."""
    pairs: dict[str, str] = {}
    if len(header) > METADATA_LENGTH:
        raise AppError("wrong_metadata", 400)
    for pair in header.split(",") if header.strip() else ():
        key, _, text = pair.strip().partition(" ")
        value = _base64(text)
        if not KEY.fullmatch(key) or key in pairs or value is None:
            raise AppError("wrong_metadata", 400)
        pairs[key] = value.decode("utf-8", errors="replace")
    return pairs


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None

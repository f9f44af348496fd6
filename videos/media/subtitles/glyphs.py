"""Which characters the font that the product brings can draw."""

from __future__ import annotations

import functools
import unicodedata

from videos.media.fonts import SANS

# Drawn as nothing: spaces, controls and joiners; https://unicode.org/reports/tr44/#Default_Ignorable_Code_Point
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")


def missing(text: str) -> str:
    """The characters of `text` that cannot be drawn, each once, in the order of their code."""
    there = _drawable()
    return "".join(
        sorted(
            each
            for each in set(unicodedata.normalize("NFC", text))
            if ord(each) not in there and not _is_invisible(each)
        )
    )


def drawable(text: str) -> str:
    """`text` without what cannot be drawn, so that no box ever stands for a character."""
    there = _drawable()
    return "".join(
        each for each in unicodedata.normalize("NFC", text) if ord(each) in there or each in "\n "
    )


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or _is_selector(ord(character))


def _is_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


@functools.cache
def _drawable() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 (60 ms, and only where text is checked)

    with TTFont(SANS, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())

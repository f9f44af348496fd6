"""Markup as files have it: the tags of HTML and the override blocks of ASS."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from videos.media.subtitles.cleaning import Text, tag_letter

MAX_TAGS = 2000
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,11})((?:[\s./:][^<>]{0,300})?)>")
# WebVTT: whatever stands between angle brackets is a tag; a real one is written &lt;.
_VTT_TAG = re.compile(r"<(/?)([A-Za-z]{0,12})([^<>]{0,300})>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?")
_NBSP = re.compile(r"&nbsp(?!\w);?", re.IGNORECASE)
_COLOUR_WORD = re.compile(r"""\bcolor\s*=\s*["']?\s*(#?\w{1,20})""", re.IGNORECASE)
_KNOWN = frozenset(
    [
        "a",
        "b",
        "big",
        "body",
        "br",
        "c",
        "center",
        "del",
        "div",
        "em",
        "font",
        "html",
        "i",
        "lang",
        "p",
        "rt",
        "ruby",
        "s",
        "sami",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "sync",
        "tt",
        "u",
        "v",
    ]
)
_COLOURS = {
    "black": "#000000",
    "blue": "#0000ff",
    "cyan": "#00ffff",
    "aqua": "#00ffff",
    "gray": "#808080",
    "grey": "#808080",
    "green": "#008000",
    "lime": "#00ff00",
    "magenta": "#ff00ff",
    "fuchsia": "#ff00ff",
    "orange": "#ffa500",
    "pink": "#ffc0cb",
    "purple": "#800080",
    "red": "#ff0000",
    "silver": "#c0c0c0",
    "skyblue": "#87ceeb",
    "white": "#ffffff",
    "yellow": "#ffff00",
}
_PARENTHESES = re.compile(r"\([^()]*\)")
_OVERRIDE = re.compile(
    r"\s*(?:([bius])\s*(\d{1,3})|1?c\s*&?H?([0-9A-Fa-f]{1,8})|(1?c)|(r)[^\\]*|p\s*(\d+))"
)
_PLAIN_ESCAPES = {"N": "\n", "n": " ", "h": " ", "{": "{", "}": "}"}


def subrip(text: str) -> Text:
    """SubRip: a few tags of HTML, override blocks of ASS; other angle brackets are text."""
    result, hidden = Text(), Overrides()
    for number, (piece, block) in enumerate(_blocks(text)):
        if block.startswith("\\"):
            hidden.apply(block, result)
        elif block:
            _html(f"{{{block}}}", result, _TAG, _KNOWN, str)
        elif not hidden.drawing:
            _html(piece, result, _TAG, _KNOWN, str)
        result.shortened = result.shortened or number >= MAX_TAGS
        if result.shortened:
            break
    return result


def webvtt(text: str) -> Text:
    """WebVTT: its own tags and the entities of HTML."""
    result = Text()
    _html(text, result, _VTT_TAG, None, _entities)
    return result


def sami(text: str) -> Text:
    """SAMI: HTML, in which only <br> ends a line."""
    result = Text()
    _html(" ".join(text.split("\n")), result, _TAG, _KNOWN, _entities)
    return result


def substation(text: str) -> Text:
    """ASS and SSA: override blocks, of which few are kept; drawings are left out."""
    result, hidden = Text(), Overrides()
    for number, (piece, block) in enumerate(_blocks(text)):
        if block:
            hidden.apply(block, result)
        elif not hidden.drawing:
            result.add(_unescaped(piece))
        result.shortened = result.shortened or number >= MAX_TAGS
        if result.shortened:
            break
    return result


class Overrides:
    """What override blocks say. Only look and drawing are listened to."""

    def __init__(self) -> None:
        self.drawing = False

    def apply(self, block: str, text: Text) -> None:
        """The inside of one pair of braces."""
        # \t(...), \clip(...) and the like, and what they hold.
        flat = _PARENTHESES.sub("", _PARENTHESES.sub("", block)).partition("(")[0]
        for tag in flat.split("\\")[1:]:
            self._one(tag, text)

    def _one(self, tag: str, text: Text) -> None:
        match = _OVERRIDE.fullmatch(tag.strip().rstrip("&"))
        if match is None:
            return
        letter, number, colour, plain, reset, scale = match.groups()
        if letter:
            text.turn(letter, on=int(number) not in (0, 100, 200, 300, 400))
        elif colour:
            text.paint(_from_bgr(colour))
        elif plain or reset:
            text.paint("")
        if reset:
            for each in "bius":
                text.turn(each, on=False)
        if scale:
            self.drawing = int(scale[:9]) > 0


def _blocks(text: str) -> list[tuple[str, str]]:
    """Texts and, each in turn, the insides of the braces after them."""
    pieces: list[tuple[str, str]] = []
    at = 0
    while (opened := _brace(text, at)) >= 0 and (closed := text.find("}", opened)) >= 0:
        pieces += [(text[at:opened], ""), ("", text[opened + 1 : closed])]
        at = closed + 1
    return [*pieces, (text[at:], "")]


def _brace(text: str, at: int) -> int:
    """The next brace that opens and is not escaped."""
    index = text.find("{", at)
    while index > 0 and text[index - 1] == "\\":
        index = text.find("{", index + 1)
    return index


def _unescaped(text: str) -> str:
    return re.sub(r"\\([Nnh{}])", lambda found: _PLAIN_ESCAPES[found[1]], text)


def _html(
    text: str,
    result: Text,
    pattern: re.Pattern[str],
    known: frozenset[str] | None,
    unescape: Callable[[str], str],
) -> None:
    """Add `text` to `result`; tags outside of `known` are text (None: no tag is)."""
    at = 0
    for number, tag in enumerate(pattern.finditer(text)):
        closing, name, rest = tag[1] == "/", tag[2].lower(), tag[3]
        if known is not None and name not in known:
            continue
        result.add(unescape(text[at : tag.start()]))
        at = tag.end()
        result.shortened = result.shortened or number >= MAX_TAGS
        if result.shortened:
            return
        _tag(closing, name, rest, result)
    result.add(unescape(text[at:]))


def _tag(closing: bool, name: str, rest: str, result: Text) -> None:
    if letter := tag_letter(name):
        result.turn(letter, on=not closing)
    elif name == "br":
        result.add("\n")
    elif name in ("font", "c", "span") and closing:
        result.close_colour()
    elif name in ("font", "c", "span"):
        result.open_colour(_named_colour(name, rest))


def _named_colour(name: str, rest: str) -> str:
    """The colour of <font color="red"> or <c.red>; "" where it names none that is known."""
    if name == "c":
        words = rest.lower().split(".")
        return next((_COLOURS[word] for word in words if word in _COLOURS), "")
    match = _COLOUR_WORD.search(rest)
    word = match[1].lower() if match else ""
    if word in _COLOURS:
        return _COLOURS[word]
    digits = word.removeprefix("#")
    return f"#{digits}" if re.fullmatch(r"[0-9a-f]{6}", digits) else ""


def _from_bgr(digits: str) -> str:
    value = int(digits, 16)
    return f"#{value & 0xFF:02x}{value >> 8 & 0xFF:02x}{value >> 16 & 0xFF:02x}"


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), _NBSP.sub(" ", text))

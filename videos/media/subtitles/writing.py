"""Write cues anew: as ASS for burning in, as SubRip and WebVTT for players."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from videos.media.subtitles.cues import PLAIN, Cue, Run, TextStyle, wrapped
from videos.media.subtitles.glyphs import drawable
from videos.media.subtitles.parsed import timecode

if TYPE_CHECKING:
    from pysubs2 import SSAFile

FONT = "Noto Sans KR"
BOTTOM, MIDDLE, TOP = "bottom", "middle", "top"
# Alignment by the keys of a number pad. http://www.tcax.org/docs/ass-specs.htm
_ALIGNMENTS = {BOTTOM: 2, MIDDLE: 5, TOP: 8}
# Of the picture: how far the text keeps from its sides, and from its top or bottom.
_SIDE_MARGIN, _MARGIN = 0.04, 0.045
# Invisible; parts two characters that would mean something together.
WORD_JOINER = "\u2060"
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!])|\{(?=\\)|\\(?=[A-Za-z{}])")
_ASS_SPECIAL = re.compile(r"[\\{}]")
_ON_OFF = (("bold", "b"), ("italic", "i"), ("underline", "u"), ("strike", "s"))


@dataclass(frozen=True, slots=True)
class Style:
    """How burned-in text looks; lengths in pixels of the picture as it is shown."""

    width: int
    """Of the picture."""
    height: int
    """Of the picture."""
    size: float
    """Height of a line of text."""
    colour: str = "#ffffff"
    outline: float = 2.0
    position: str = BOTTOM


def ass(cues: Iterable[Cue], style: Style) -> str:
    """The cues in one style, without characters that its font cannot draw."""
    from pysubs2 import SSAEvent  # noqa: PLC0415 (70 ms)

    file = _empty(style)
    for cue in cues:
        runs = [Run(drawable(run.text), run.text_style) for run in cue.runs]
        if any(run.text.strip() for run in runs):
            file.append(SSAEvent(start=cue.start_ms, end=cue.end_ms, text=_overridden(runs)))
    return file.to_string("ass")


def srt(cues: Iterable[Cue]) -> str:
    """SubRip. A word joiner keeps text that looks like a tag from being taken for one."""
    blocks = (
        f"{number}\n{_times(cue, ',')}\n{_marked(cue, _guarded)}\n"
        for number, cue in enumerate(cues, start=1)
    )
    return "\n".join(blocks)


def webvtt(cues: Iterable[Cue]) -> str:
    """WebVTT, without colours and strike."""
    blocks = (f"{_times(cue, '.')}\n{_marked(cue, _escaped, frozenset('biu'))}\n" for cue in cues)
    return "\n".join(["WEBVTT\n", *blocks])


def _empty(style: Style) -> SSAFile:
    """A file without cues, drawn on a canvas of the picture's own size."""
    from pysubs2 import Alignment, Color, SSAFile, SSAStyle  # noqa: PLC0415

    file = SSAFile()
    file.info.update(
        {
            "PlayResX": str(style.width),
            "PlayResY": str(style.height),
            "WrapStyle": "0",
            "ScaledBorderAndShadow": "yes",
            "YCbCr Matrix": "None",
        }
    )
    red, green, blue = bytes.fromhex(style.colour.removeprefix("#"))
    side = round(style.width * _SIDE_MARGIN)
    file.styles["Default"] = SSAStyle(
        fontname=FONT,
        fontsize=style.size,
        primarycolor=Color(red, green, blue),
        outlinecolor=Color(0, 0, 0),
        outline=style.outline,
        shadow=0,
        alignment=Alignment(_ALIGNMENTS[style.position]),
        marginl=side,
        marginr=side,
        marginv=round(style.height * _MARGIN),
    )
    return file


def _overridden(runs: Iterable[Run]) -> str:
    """Text with override blocks; what would mean something to the renderer is escaped."""
    text = "".join(f"{_block(run.text_style)}{_ass_text(run.text)}" for run in runs)
    return text.removeprefix(_block(PLAIN))


def _block(text_style: TextStyle) -> str:
    """Each look is said whole, so that none is left over from the run before."""
    tags = "".join(f"\\{letter}{int(getattr(text_style, name))}" for name, letter in _ON_OFF)
    return f"{{{tags}{_ass_colour(text_style.colour)}}}" if text_style != PLAIN else "{\\r}"


def _ass_colour(colour: str) -> str:
    """Blue comes first (http://www.tcax.org/docs/ass-specs.htm); without one, the style's own."""
    if not colour:
        return "\\1c"
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"\\1c&H{blue}{green}{red}&".upper().replace("\\1C", "\\1c")


def _ass_text(text: str) -> str:
    """Braces are shown as such, and a backslash never meets the letter that would make it a tag."""

    def escaped(match: re.Match[str]) -> str:
        character = match.group()
        return f"\\{WORD_JOINER}" if character == "\\" else f"\\{character}"

    return _ASS_SPECIAL.sub(escaped, text).replace("\n", "\\N")


def _times(cue: Cue, point: str) -> str:
    return f"{_timestamp(cue.start_ms, point)} --> {_timestamp(cue.end_ms, point)}"


def _timestamp(ms: int, point: str) -> str:
    return timecode(ms).replace(".", point)


def _marked(cue: Cue, plain: Callable[[str], str], letters: frozenset[str] | None = None) -> str:
    """The text with its tags, all or those of `letters`; blank lines would end the cue."""
    text = "".join(
        wrapped(plain(run.text), [tags for tags in run.text_style.tags() if _wanted(tags, letters)])
        for run in cue.runs
    )
    return re.sub(r"\n\s*\n", "\n", text)


def _wanted(tags: tuple[str, str], letters: frozenset[str] | None) -> bool:
    return letters is None or tags[0].strip("<>") in letters


def _guarded(text: str) -> str:
    return _TAG_LIKE.sub(lambda found: found.group() + WORD_JOINER, text).replace(
        "-->", f"--{WORD_JOINER}>"
    )


def _escaped(text: str) -> str:
    """What WebVTT would take for a tag, an entity or an arrow."""
    return html.escape(text, quote=False)

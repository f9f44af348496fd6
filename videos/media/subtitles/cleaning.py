"""The text of one cue: what is kept of its markup, and how much of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

from videos.core.filenames import BIDI_CONTROLS
from videos.media.subtitles.cues import PLAIN, Run, TextStyle

MAX_CHARACTERS, MAX_LINES = 500, 10
# How much of one piece of text is read.
MAX_LENGTH = 8 * MAX_CHARACTERS
_BREAKS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_HARMFUL = re.compile(
    f"[\0-\t\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff{''.join(sorted(BIDI_CONTROLS))}]"
)
_LETTERS = {"b": "bold", "i": "italic", "u": "underline", "s": "strike"}
_WORDS = {"strong": "b", "em": "i", "del": "s", "strike": "s"}


@dataclass(slots=True)
class Text:
    """Collects the text of a cue with the look that is set, up to the limits."""

    text_style: TextStyle = PLAIN
    shortened: bool = False
    _colours: list[str] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _length: int = 0
    _lines: int = 1

    def add(self, text: str) -> None:
        """Text with line feeds, without markup."""
        if not text or self.shortened:
            return
        cleaned = _SPACES.sub(" ", _harmless(text[:MAX_LENGTH]))
        lines = cleaned.split("\n")[: MAX_LINES - self._lines + 1]
        cut = "\n".join(lines)[: MAX_CHARACTERS - self._length]
        self.shortened = len(text) > MAX_LENGTH or len(cut) < len(cleaned.rstrip())
        self._lines += cut.count("\n")
        self._length += len(cut)
        if cut:
            self._runs.append(Run(cut, self.text_style))

    def turn(self, letter: str, *, on: bool) -> None:
        """Set bold (b), italic (i), underline (u) or strike (s)."""
        changed: dict[str, Any] = {_LETTERS[letter]: on}
        self.text_style = replace(self.text_style, **changed)

    def paint(self, colour: str) -> None:
        """Set the colour ("#rrggbb"); "" for that of the whole text."""
        self.text_style = replace(self.text_style, colour=colour)

    def open_colour(self, colour: str) -> None:
        """Set the colour until it is closed; "" where it stays."""
        self._colours.append(self.text_style.colour)
        self.paint(colour or self.text_style.colour)

    def close_colour(self) -> None:
        """Back to the colour before the last one that was opened."""
        self.paint(self._colours.pop() if self._colours else "")

    def runs(self) -> tuple[Run, ...]:
        """Trimmed lines, none of them empty."""
        lines: list[list[Run]] = [[]]
        for run in self._runs:
            first, *others = run.text.split("\n")
            lines[-1].append(Run(first, run.text_style))
            lines.extend([Run(other, run.text_style)] for other in others)
        trimmed = [line for line in map(_trimmed, lines) if line]
        joined: list[Run] = []
        for number, line in enumerate(trimmed):
            for place, run in enumerate(line):
                lead = "\n" if number and not place else ""
                _append(joined, Run(lead + run.text, run.text_style))
        return tuple(joined)


def tag_letter(name: str) -> str:
    """The letter of an HTML tag that is kept: "strong" is "b"; "" for others."""
    name = _WORDS.get(name, name)
    return name if name in _LETTERS else ""


def _harmless(text: str) -> str:
    """NFC without control characters, none that turn the reading direction, no lone halves."""
    broken = _BREAKS.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    return _HARMFUL.sub("", broken)


def _trimmed(line: list[Run]) -> list[Run]:
    while line and not line[0].text.strip():
        line = line[1:]
    while line and not line[-1].text.strip():
        line = line[:-1]
    if not line:
        return []
    line = [replace(line[0], text=line[0].text.lstrip()), *line[1:]]
    return [*line[:-1], replace(line[-1], text=line[-1].text.rstrip())]


def _append(runs: list[Run], run: Run) -> None:
    """Runs of one look become one."""
    if runs and runs[-1].text_style == run.text_style:
        runs[-1] = Run(runs[-1].text + run.text, run.text_style)
    elif run.text:
        runs.append(run)

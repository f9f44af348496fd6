"""What a subtitle file says: cues of runs of text. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a run of text is drawn."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    colour: str = ""
    """Such as "#ff0000"; "" for that of the whole text."""

    def tags(self) -> list[tuple[str, str]]:
        """The HTML tags that open and close it, the outermost first."""
        letters = {"b": self.bold, "i": self.italic, "u": self.underline, "s": self.strike}
        font = [(f'<font color="{self.colour}">', "</font>")] if self.colour else []
        return font + [(f"<{letter}>", f"</{letter}>") for letter, on in letters.items() if on]


PLAIN = TextStyle()


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look; lines are parted by line feeds."""

    text: str
    text_style: TextStyle = PLAIN


@dataclass(frozen=True, slots=True)
class Cue:
    """Text that is shown from `start_ms` until just before `end_ms` (milliseconds)."""

    start_ms: int
    end_ms: int
    runs: tuple[Run, ...]

    @property
    def plain(self) -> str:
        """The text alone, as people read it."""
        return "".join(run.text for run in self.runs)

    @property
    def text(self) -> str:
        """The text with its markup as HTML: b, i, u, s and font, and no other tags."""
        return "".join(
            wrapped(escape(run.text, quote=False), run.text_style.tags()) for run in self.runs
        )


def wrapped(text: str, tags: list[tuple[str, str]]) -> str:
    """`text` inside pairs of tags, the outermost first."""
    for before, after in reversed(tags):
        text = f"{before}{text}{after}"
    return text


@dataclass(frozen=True, slots=True)
class Dropped:
    """What reading left out: numbers of cues."""

    empty: int = 0
    """No text, or no time in which to show it."""
    doubled: int = 0
    """The same text at the same time as another."""
    crowded: int = 0
    """More at once than are shown."""
    shortened: int = 0
    """Kept, but part of their text was too much."""


@dataclass(frozen=True, slots=True)
class Subtitles:
    """A subtitle file that was read; `encoding` is the codec that reads it again."""

    format: str
    """srt, vtt, ass or smi."""
    encoding: str
    cues: tuple[Cue, ...]
    """By their start."""
    dropped: Dropped = field(default_factory=Dropped)

    @property
    def text(self) -> str:
        """Everything that is ever shown, one cue after the other."""
        return "\n".join(cue.plain for cue in self.cues)

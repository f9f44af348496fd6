"""Read Advanced SubStation Alpha and its elder: the dialogue lines, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from videos.media.subtitles import markup
from videos.media.subtitles.parsed import RawCue, milliseconds

DIALOGUE = "dialogue:"
# http://www.tcax.org/docs/ass-specs.htm: the usual order; a Format line may tell another.
_USUAL: tuple[str, ...] = (
    "layer",
    "start",
    "end",
    "style",
    "name",
    "marginl",
    "marginr",
    "marginv",
    "effect",
)


def read_ass(text: str) -> Iterator[RawCue]:
    """Each dialogue line is a cue; styles, fonts, pictures and comments are passed over."""
    before, number, events = _USUAL, 0, True
    for line in text.split("\n"):
        start = line.lstrip()[:40].lower()
        if start.startswith("["):
            events = start.startswith("[events]")
        elif events and start.startswith("format:"):
            before = _order(line)
        elif start.startswith(DIALOGUE):
            number += 1
            cue = _dialogue(number, line.partition(":")[2], before)
            if cue is not None:
                yield cue


def _order(line: str) -> tuple[str, ...]:
    """The fields before the text, which comes last."""
    names = tuple(name.strip().lower() for name in line.partition(":")[2].split(",", 40))
    return names[:-1] if names[-1] == "text" and {"start", "end"} <= set(names) else _USUAL


def _dialogue(number: int, rest: str, before: Sequence[str]) -> RawCue | None:
    fields = rest.split(",", len(before))
    if len(fields) <= len(before):
        return None
    start = milliseconds(fields[before.index("start")])
    end = milliseconds(fields[before.index("end")])
    if start is None or end is None:
        return None
    return RawCue(number, start, end, markup.substation(fields[-1]))

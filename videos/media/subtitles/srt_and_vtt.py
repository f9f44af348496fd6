"""Read SubRip and WebVTT: blocks of lines, each under "start --> end"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from videos.media.subtitles import markup
from videos.media.subtitles.cleaning import Text
from videos.media.subtitles.parsed import RawCue, milliseconds

ARROW = "-->"
_NUMBER = re.compile(r"[0-9]{1,9}")
# Blocks of WebVTT that hold no cue: https://www.w3.org/TR/webvtt1/#file-structure
_NO_CUE = ("WEBVTT", "NOTE", "STYLE", "REGION")


def times(line: str) -> tuple[int, int] | None:
    """Start and end of a line such as "00:01,500 --> 00:02,000 align:left"."""
    start, arrow, rest = line.partition(ARROW)
    if not arrow or len(line) > 1000:
        return None
    words = rest.split(maxsplit=1)
    begins, ends = milliseconds(start), milliseconds(words[0]) if words else None
    return None if begins is None or ends is None else (begins, ends)


def read_srt(text: str) -> Iterator[RawCue]:
    """A cue's text goes on to the next line of times; empty lines inside it are left out."""
    lines = text.split("\n")
    heads = [(at, times_found) for at, line in enumerate(lines) if (times_found := times(line))]
    ends = [at for at, _found in heads[1:]] + [len(lines)]
    for number, ((at, (start, end)), until) in enumerate(zip(heads, ends, strict=True), start=1):
        body = lines[at + 1 : until]
        if until < len(lines) and body and _NUMBER.fullmatch(body[-1].strip()):
            body = body[:-1]  # the number of the next cue
        yield RawCue(number, start, end, _text(body, markup.subrip))


def read_vtt(text: str) -> Iterator[RawCue]:
    """A cue ends at an empty line."""
    number = 0
    for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text):
        lines = block.strip("\n").split("\n")
        at = next((at for at, line in enumerate(lines[:2]) if ARROW in line), None)
        cue_times = None if at is None else times(lines[at])
        if cue_times is None or at is None or (at == 0 and lines[0].startswith(_NO_CUE)):
            continue
        number += 1
        yield RawCue(number, *cue_times, _text(lines[at + 1 :], markup.webvtt))


def _text(lines: Sequence[str], parse: Callable[[str], Text]) -> Text:
    return parse("\n".join(line.strip() for line in lines if line.strip()))

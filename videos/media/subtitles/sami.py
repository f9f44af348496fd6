"""Read SAMI, the subtitles of Korea's older files: HTML with times and a class per language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from videos.media.subtitles import markup
from videos.media.subtitles.cleaning import Text
from videos.media.subtitles.parsed import RawCue

LAST_CUE_MS = 5000
# Texts under one time: one for each language, and some to spare.
MAX_PARAGRAPHS = 64
SYNC = re.compile(
    r"<\s{0,9}sync\b[^<>]{0,200}?\bstart\s{0,9}=\s{0,9}[\"']?([0-9]{1,9})[^<>]{0,200}>",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(
    r"<\s{0,9}p\b(?:[^<>]{0,200}?\bclass\s{0,9}=\s{0,9}[\"']?([\w-]{1,40}))?[^<>]{0,200}>",
    re.IGNORECASE,
)
_KOREAN = "KRCC"
Moment = tuple[int, int, str]
"""Number of the sync, its time in milliseconds, the text that it shows from then on."""


def read_smi(text: str) -> Iterator[RawCue]:
    """The class with the most texts. A text stays until the next one of its class, empty or not."""
    classes: dict[str, list[Moment]] = {}
    syncs = list(SYNC.finditer(text := without_comments(text)))
    ends = [*(sync.start() for sync in syncs[1:]), len(text)]
    for number, (sync, end) in enumerate(zip(syncs, ends, strict=False), start=1):
        for name, body in _paragraphs(text[sync.end() : end]):
            classes.setdefault(name, []).append((number, int(sync[1]), body))
    shown = {name: list(_shown(moments)) for name, moments in classes.items()}
    yield from max(shown.items(), key=_worth, default=("", []))[1]


def without_comments(text: str) -> str:
    """Without <!-- ... -->; one that never ends is text."""
    parts, at = [], 0
    while (opened := text.find("<!--", at)) >= 0 and (closed := text.find("-->", opened)) >= 0:
        parts.append(text[at:opened])
        at = closed + len("-->")
    return "".join([*parts, text[at:]])


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """Each class named in one sync, with its text."""
    starts = list(islice(_PARAGRAPH.finditer(text), MAX_PARAGRAPHS))
    if not starts:
        yield "", text
        return
    ends = [start.start() for start in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends, strict=True):
        yield (start[1] or "").upper(), text[start.end() : end]


def _shown(moments: list[Moment]) -> Iterator[RawCue]:
    """From each moment to the next; the last stays for five seconds."""
    merged: list[tuple[int, int, list[str]]] = []
    for number, at, body in sorted(moments, key=lambda moment: moment[1]):
        if merged and merged[-1][1] == at:
            merged[-1][2].append(body)
        else:
            merged.append((number, at, [body]))
    last: tuple[int, int, list[str]] = (0, merged[-1][1] + LAST_CUE_MS, [])
    for (number, start, bodies), (_number, end, _bodies) in pairwise([*merged, last]):
        yield RawCue(number, start, end, markup.sami("<br>".join(bodies)))


def _worth(entry: tuple[str, list[RawCue]]) -> tuple[int, bool]:
    name, cues = entry
    return sum(bool(_text(cue.text)) for cue in cues), name == _KOREAN


def _text(text: Text) -> str:
    return "".join(run.text for run in text.runs())

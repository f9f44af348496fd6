"""Read a stranger's subtitle file: by its content, within limits, checked."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Iterator

from videos.media.subtitles import sami, srt_and_vtt, substation
from videos.media.subtitles.cues import Cue, Dropped, Subtitles
from videos.media.subtitles.decoding import decode
from videos.media.subtitles.errors import (
    CueEndsBeforeStart,
    NoCues,
    NotSubtitles,
    SubtitlesTooLarge,
    TooManyCues,
)
from videos.media.subtitles.parsed import RawCue, timecode

SRT, VTT, ASS, SMI = "srt", "vtt", "ass", "smi"
FORMATS = {
    SRT: "SubRip (SRT)",
    VTT: "WebVTT",
    ASS: "SubStation Alpha (ASS, SSA)",
    SMI: "SAMI (SMI)",
}
"""What is read, and the names that are shown."""
EXTENSIONS = (".srt", ".vtt", ".ass", ".ssa", ".smi", ".sami")
MAX_MIB = 4
MAX_BYTES = MAX_MIB * 1024 * 1024
MAX_CUES = 20_000
MAX_AT_ONCE = 8
_HEAD = 65_536
_ASS = re.compile(
    r"^[ \t]*(?:\[(?:script info|v4\+? styles|events)\]|dialogue:)", re.IGNORECASE | re.MULTILINE
)
_SMI = re.compile(r"<\s{0,9}(?:sami|sync)\b", re.IGNORECASE)
_COUNTED: dict[str, re.Pattern[str]] = {
    SRT: re.compile(srt_and_vtt.ARROW),
    VTT: re.compile(srt_and_vtt.ARROW),
    ASS: re.compile(substation.DIALOGUE, re.IGNORECASE),
    SMI: re.compile(r"<\s{0,9}sync\b", re.IGNORECASE),
}
_READERS: dict[str, Callable[[str], Iterator[RawCue]]] = {
    SRT: srt_and_vtt.read_srt,
    VTT: srt_and_vtt.read_vtt,
    ASS: substation.read_ass,
    SMI: sami.read_smi,
}


def read(raw: bytes, *, name: str = "", encoding: str | None = None) -> Subtitles:
    """The cues of a subtitle file, cleaned and by their start. Raises SubtitleError.

    `encoding` is one of ENCODINGS, None to find it out. `name` only helps to say what is wrong.
    """
    if len(raw) > MAX_BYTES:
        raise SubtitlesTooLarge({"limit": MAX_MIB})
    decoded = decode(raw, encoding)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    detected = format_of(text)
    if detected is None:
        raise NoCues if name.lower().endswith(EXTENSIONS) or not text.strip() else NotSubtitles
    count = sum(1 for _each in _COUNTED[detected].finditer(text))
    if count > MAX_CUES:
        raise TooManyCues({"cues": count, "limit": MAX_CUES})
    cues, dropped = _checked(_READERS[detected](text))
    if not cues:
        raise NoCues
    return Subtitles(detected, decoded.encoding, cues, dropped)


def format_of(text: str) -> str | None:
    """srt, vtt, ass or smi, by the content; None for anything else."""
    if text.lstrip("\ufeff \n\t").startswith("WEBVTT"):
        return VTT
    head = text[:_HEAD]
    if _ASS.search(head):
        return ASS
    if _SMI.search(head):
        return SMI
    if srt_and_vtt.ARROW in text and any(map(srt_and_vtt.times, text.split("\n"))):
        return SRT
    return None


def _checked(raw_cues: Iterable[RawCue]) -> tuple[tuple[Cue, ...], Dropped]:
    """Cues in order, without the empty and the doubled ones, and never too many at once."""
    cues: dict[Cue, None] = {}
    empty = doubled = shortened = 0
    for each in raw_cues:
        if each.end_ms < each.start_ms:
            raise CueEndsBeforeStart(
                {
                    "number": each.number,
                    "start": timecode(each.start_ms),
                    "end": timecode(each.end_ms),
                }
            )
        cue = Cue(each.start_ms, each.end_ms, each.text.runs())
        if not cue.runs or cue.start_ms == cue.end_ms:
            empty += 1
        elif cue in cues:
            doubled += 1
        else:
            cues[cue] = None
            shortened += each.text.shortened
    ordered = sorted(cues, key=lambda cue: cue.start_ms)
    shown = tuple(_not_crowded(ordered))
    return shown, Dropped(empty, doubled, len(ordered) - len(shown), shortened)


def _not_crowded(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Those that find room when they start."""
    ends: list[int] = []
    for cue in cues:
        while ends and ends[0] <= cue.start_ms:
            heapq.heappop(ends)
        if len(ends) < MAX_AT_ONCE:
            heapq.heappush(ends, cue.end_ms)
            yield cue

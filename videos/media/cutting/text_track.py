"""Captions as a track of an MP4: 3GPP timed text (3GPP TS 26.245), clipped and moved. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from videos.media.cutting.timeline import Segment

MILLISECONDS = 1000
LONGEST_BYTES = 0xFFFF


@dataclass(frozen=True, slots=True)
class Text:
    """What is shown from when to when, in milliseconds."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class TextPacket:
    """A stretch of the track: time and length in milliseconds, and data, also of no text."""

    time: int
    length: int
    data: bytes


def moved(texts: Iterable[Text], segments: Sequence[Segment]) -> list[Text]:
    """The texts as the result shows them: what lies outside is dropped, the rest clipped."""
    result, before_us = [], 0
    texts = list(texts)
    for segment in segments:
        for each in texts:
            start = max(each.start_ms * MILLISECONDS, segment.start_us)
            end = min(each.end_ms * MILLISECONDS, segment.end_us)
            begin_ms, end_ms = (
                round((time - segment.start_us + before_us) / MILLISECONDS) for time in (start, end)
            )
            if end > start and end_ms > begin_ms:
                result.append(Text(begin_ms, end_ms, each.text))
        before_us += segment.length_us
    return sorted(result, key=lambda text: (text.start_ms, text.end_ms))


def packets(texts: Sequence[Text]) -> Iterator[TextPacket]:
    """The track without a hole: one sample from each change of what is shown to the next."""
    marks = sorted({0, *(mark for text in texts for mark in (text.start_ms, text.end_ms))})
    for begin, end in itertools.pairwise(marks):
        shown = [text.text for text in texts if text.start_ms <= begin < text.end_ms]
        # Two bytes say the length; a letter that would be cut in two is left out.
        data = "\n".join(shown).encode()[:LONGEST_BYTES].decode("utf-8", "ignore").encode()
        yield TextPacket(begin, end - begin, len(data).to_bytes(2, "big") + data)


def read(data: bytes) -> str:
    """The text of a sample."""
    length = int.from_bytes(data[:2], "big")
    return data[2 : 2 + length].decode("utf-8", "replace")

"""What the tracks of a file hold, without decoding them."""

from __future__ import annotations

from pathlib import Path

import av


def cues(path: Path, track: int) -> list[tuple[float, float, str]]:
    """Start, end (seconds) and text of each cue of a track."""
    found = []
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[track]
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None and packet.time_base is not None:
                start = float(packet.pts * packet.time_base)
                end = start + float((packet.duration or 0) * packet.time_base)
                raw = bytes(packet)
                text = raw[2:] if stream.codec_context.name == "mov_text" else raw
                found.append((round(start, 3), round(end, 3), text.decode(errors="replace")))
    return [cue for cue in found if cue[2].strip("\0 ")]


def languages(path: Path) -> list[tuple[str | None, bool]]:
    """Language of each track, and whether it is the one that is shown."""
    with av.open(str(path)) as container:
        return [
            (stream.metadata.get("language"), bool(stream.disposition & 1))
            for stream in container.streams.subtitles
        ]


def packets(path: Path, kind: str) -> list[bytes]:
    """What a track of that kind holds, packet by packet."""
    with av.open(str(path)) as container:
        (stream,) = [each for each in container.streams if each.type == kind]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]

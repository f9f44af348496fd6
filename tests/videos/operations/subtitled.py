"""Films and subtitle files for the operations that join them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests import media
from videos.operations.base import Source, SubtitleSource

SRT = (
    "1\n00:00:01,000 --> 00:00:02,000\n한글 漢字 행렬\n\n"
    "2\n00:00:03,000 --> 00:00:03,500\n<b>둘째</b> & {셋}\n"
)
RATE = 25


def film(folder: Path, size: str = "320x240", *options: str, name: str = "grey.mp4") -> Path:
    """Four seconds of plain grey with a tone: whatever is drawn into it can be seen."""
    path = folder / name
    drawn = f"color=0x606060:size={size}:rate={RATE}:duration=4"
    both = ("-f", "lavfi", "-i", drawn, "-f", "lavfi", "-i", "sine=duration=4")
    media.ffmpeg(*both, *media.X264, *media.AAC, *options, path)
    return path


def subtitle(
    folder: Path,
    text: str | bytes = SRT,
    *,
    name: str = "강의.srt",
    encoding: str = "utf-8",
    language: str = "kor",
) -> SubtitleSource:
    """A subtitle file as the library keeps it: its name is no path."""
    path = folder / f"source-{name.encode().hex()[:8]}-{language}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return SubtitleSource(str(path), name, path, "srt", encoding, language, read=path.read_bytes)


def source(path: Path, *subtitles: SubtitleSource) -> Source:
    """A probed film with its subtitle files."""
    return replace(media.source(path), subtitles=subtitles)

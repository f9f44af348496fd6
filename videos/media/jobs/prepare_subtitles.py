"""Write a stranger's subtitles anew in a child process, under names of our own.

python -m ...prepare_subtitles burn FAILURE.json --width W --height H ... SOURCE CODEC
python -m ...prepare_subtitles tracks FAILURE.json SOURCE CODEC [SOURCE CODEC]...

`burn` writes burn.ass and fonts/ beside FAILURE.json; `tracks` writes track0.srt, track1.srt and so
on. No name of a client's ever reaches ffmpeg.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from videos.media.ffmpeg.progress import Report
from videos.media.fonts import SANS
from videos.media.jobs.child import Reporter, child_command, run_child
from videos.media.subtitles import writing
from videos.media.subtitles.cues import Cue
from videos.media.subtitles.errors import CuesAfterEnd, SubtitlesGone
from videos.media.subtitles.parsed import timecode
from videos.media.subtitles.reading import read
from videos.media.subtitles.writing import Style

BURN, FONTS = "burn.ass", "fonts"


@dataclass(frozen=True, slots=True)
class File:
    """A subtitle file and the codec that reads it."""

    path: Path
    encoding: str


def burn_command(file: File, failure: Path, style: Style, duration_ms: int) -> list[str]:
    """The command that writes what ffmpeg burns in."""
    return _command(
        "burn",
        failure,
        duration_ms,
        *("--width", str(style.width), "--height", str(style.height)),
        *("--size", f"{style.size:.3f}", "--outline", f"{style.outline:.3f}"),
        *("--colour", style.colour, "--position", style.position),
        *(str(file.path), file.encoding),
    )


def tracks_command(files: Sequence[File], failure: Path, duration_ms: int) -> list[str]:
    """The command that writes one track for each file."""
    words = [word for file in files for word in (str(file.path), file.encoding)]
    return _command("tracks", failure, duration_ms, *words)


def track_name(number: int) -> str:
    """What a track's file is called."""
    return f"track{number}.srt"


def _command(what: str, failure: Path, duration_ms: int, *words: str) -> list[str]:
    until = f"--duration-ms={duration_ms}"
    return child_command("prepare_subtitles", what, str(failure), until, *words)


def shown(file: File, duration_ms: int) -> tuple[Cue, ...]:
    """The cues that the film lasts for, none longer than it. Raises SubtitleError."""
    try:
        raw = file.path.read_bytes()
    except FileNotFoundError:
        raise SubtitlesGone from None
    cues = read(raw, encoding=file.encoding).cues
    within = [cue for cue in cues if cue.start_ms < duration_ms]
    if not within:
        raise CuesAfterEnd({"end": timecode(duration_ms)})
    return tuple(replace(cue, end_ms=min(cue.end_ms, duration_ms)) for cue in within)


def _burn(options: argparse.Namespace) -> None:
    folder = options.failure.parent
    (file,) = _files(options.files)
    style = Style(
        width=options.width,
        height=options.height,
        size=options.size,
        colour=options.colour,
        outline=options.outline,
        position=options.position,
    )
    text = writing.ass(shown(file, options.duration_ms), style)
    (folder / BURN).write_text(text, encoding="utf-8")
    (folder / FONTS).mkdir(exist_ok=True)
    (folder / FONTS / SANS.name).symlink_to(SANS)


def _tracks(options: argparse.Namespace) -> None:
    reporter = Reporter()
    for number, file in enumerate(_files(options.files)):
        text = writing.srt(shown(file, options.duration_ms))
        (options.failure.parent / track_name(number)).write_text(text, encoding="utf-8")
        reporter.report(Report(frame=number + 1))


def _files(words: Sequence[str]) -> list[File]:
    pairs = zip(words[::2], words[1::2], strict=True)
    return [File(Path(path), encoding) for path, encoding in pairs]


def main(argv: list[str]) -> int:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["burn", "tracks"])
    parser.add_argument("failure", type=Path)
    parser.add_argument("--duration-ms", type=int, required=True)
    parser.add_argument("--width", type=int, default=0)
    parser.add_argument("--height", type=int, default=0)
    parser.add_argument("--size", type=float, default=0)
    parser.add_argument("--outline", type=float, default=0)
    parser.add_argument("--colour", default="#ffffff")
    parser.add_argument("--position", default=writing.BOTTOM)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args(argv)
    work = _burn if options.what == "burn" else _tracks
    return run_child(lambda: work(options), options.failure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Check outputs in a child process.

python -m videos.media.verify FILM RESULT.json
python -m videos.media.verify --stills RESULT.json [PICTURE | ARCHIVE.zip]...

ffmpeg's exit code 0 is no proof, so every output is read to its end before it is published.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videos.media.ffmpeg.errors import BadOutput
from videos.media.ffmpeg.progress import Report
from videos.media.jobs.child import Reporter, child_command, run_child
from videos.media.jobs.probe import index_path
from videos.media.probe.model import Kind, Probe, StreamInfo

TOLERANCE_US = 500_000
TOLERANCE_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Expected:
    """What an output must hold: how many streams of each kind, and how long it is."""

    video: int = 0
    audio: int | None = 0
    """None: not known beforehand."""
    subtitle: int = 0
    duration_us: int | None = None
    """None: not known beforehand; anything above 0 will do."""
    allowed_us: int | None = None
    """How far the duration may be off; None: the larger of half a second and 1 %."""
    pictures: int | None = None
    """Of the first film; None: not known beforehand."""
    image: bool = False
    """One picture, and nothing else is checked."""
    packed: int = 0
    """An archive of so many files, and nothing else is checked."""

    @property
    def is_still(self) -> bool:
        """Whether it is no film, so that one child can check it with others."""
        return self.image or self.packed > 0

    @property
    def tolerance_us(self) -> int:
        """How far the duration may be off."""
        if self.allowed_us is not None:
            return self.allowed_us
        return max(TOLERANCE_US, round((self.duration_us or 0) * TOLERANCE_SHARE))


def verify_command(path: Path, result: Path) -> list[str]:
    """The command that reads the film at `path` whole and writes `result` like a probe."""
    return child_command("verify", str(path), str(result), package="videos.media")


def stills_command(paths: Sequence[Path], result: Path) -> list[str]:
    """The command that reads pictures and archives and writes `result`: a probe by file name."""
    return child_command(
        "verify", "--stills", str(result), *map(str, paths), package="videos.media"
    )


def check(probe: Probe, expected: Expected) -> None:
    """Raise BadOutput where the output is not as expected."""
    if expected.image:
        _check_image(probe)
        return
    if expected.packed:
        count_found = len(probe.of_kind(Kind.ATTACHMENT))
        if count_found != expected.packed:
            raise BadOutput({"detail": f"{count_found} packed files instead of {expected.packed}"})
        return
    for kind, count in (
        (Kind.VIDEO, expected.video),
        (Kind.AUDIO, expected.audio),
        (Kind.SUBTITLE, expected.subtitle),
    ):
        # A track that lost all its packets is no track; subtitles may be silent.
        count_found = sum(each.frames > 0 or kind is Kind.SUBTITLE for each in probe.of_kind(kind))
        if count is not None and count_found != count:
            raise BadOutput({"detail": f"{count_found} {kind} streams instead of {count}"})
    _check_pictures(probe, expected)
    _check_duration(probe, expected)


def _check_pictures(probe: Probe, expected: Expected) -> None:
    found = probe.video.frames if probe.video else 0
    if expected.pictures is not None and found != expected.pictures:
        raise BadOutput({"detail": f"{found} pictures instead of {expected.pictures}"})


def _check_image(probe: Probe) -> None:
    if len(probe.of_kind(Kind.PICTURE)) != 1 or not (probe.width and probe.height):
        raise BadOutput({"detail": "no picture"})


def _check_duration(probe: Probe, expected: Expected) -> None:
    seconds = probe.duration_us / 1_000_000
    if probe.duration_us <= 0:
        raise BadOutput({"detail": "an empty file"})
    if expected.duration_us is None:
        return
    if abs(probe.duration_us - expected.duration_us) > expected.tolerance_us:
        expected_seconds = expected.duration_us / 1_000_000
        raise BadOutput({"detail": f"{seconds:.2f} s long instead of {expected_seconds:.2f} s"})


def main(argv: list[str]) -> int:
    """Read everything; sound alone is fine here."""
    if argv[0] == "--stills":
        result, *stills = map(Path, argv[1:])
        return run_child(lambda: _check_stills(stills), result)
    path, result = map(Path, argv)
    return run_child(lambda: _check_film(path, result), result)


def _check_film(path: Path, result: Path) -> dict[str, Any]:
    """Read all of it; its index is kept too, for it may become the source of a video."""
    from videos.media.probe import scan  # noqa: PLC0415 (brings PyAV)

    found = scan.scan_with_index(path, need_video=False)
    if found.index is not None:
        index_path(result).write_bytes(found.index.to_bytes())
    return found.probe.to_json()


def _check_stills(stills: Sequence[Path]) -> dict[str, Any]:
    from videos.media.jobs import picture  # noqa: PLC0415 (brings PyAV)

    reporter, probes = Reporter(), {}
    for number, path in enumerate(stills, start=1):
        check_file = _check_archive if path.suffix == ".zip" else picture.probe_picture
        probes[path.name] = check_file(path).to_json()
        reporter.report(Report(frame=number))
    return probes


def _check_archive(archive: Path) -> Probe:
    """An archive as a file with attachments; each is read to its end."""
    try:
        with zipfile.ZipFile(archive) as packed:
            broken, count = packed.testzip(), len(packed.infolist())
    except (OSError, zipfile.BadZipFile) as error:
        raise BadOutput({"detail": "an archive that cannot be opened"}) from error
    if broken is not None:
        raise BadOutput({"detail": "a damaged archive"})
    files = tuple(StreamInfo(number, Kind.ATTACHMENT) for number in range(count))
    return Probe(bytes=archive.stat().st_size, container="zip", streams=files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

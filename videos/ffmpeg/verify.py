"""Check an output in a child process: `python -m videos.ffmpeg.verify OUTPUT RESULT.json`.

ffmpeg's exit code 0 is no proof, so every output is read to its end before it is published.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from videos.ffmpeg.child import child_command, run_child
from videos.ffmpeg.errors import BadOutput
from videos.ffmpeg.media import Kind, Probe

TOLERANCE_US = 500_000
TOLERANCE_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Expected:
    """What an output must hold: how many streams of each kind, and how long it is."""

    video: int = 0
    audio: int = 0
    subtitle: int = 0
    duration_us: int | None = None
    """None: not known beforehand; anything above 0 will do."""
    image: bool = False
    """One picture, and nothing else is looked at."""

    @property
    def tolerance_us(self) -> int:
        """How far the duration may be off: the larger of half a second and 1 %."""
        return max(TOLERANCE_US, round((self.duration_us or 0) * TOLERANCE_SHARE))


def verify_command(path: Path, result: Path, *, image: bool = False) -> list[str]:
    """The command that reads the output at `path` whole and writes `result` like a probe."""
    return child_command("verify", str(path), str(result), *(["--image"] if image else []))


def check(probe: Probe, expected: Expected) -> None:
    """Raise BadOutput where the output is not as expected."""
    if expected.image:
        _check_image(probe)
        return
    for kind, count in (
        (Kind.VIDEO, expected.video),
        (Kind.AUDIO, expected.audio),
        (Kind.SUBTITLE, expected.subtitle),
    ):
        # A track that lost all its packets is no track; subtitles may be silent.
        found = sum(each.frames > 0 or kind is Kind.SUBTITLE for each in probe.of_kind(kind))
        if found != count:
            raise BadOutput({"detail": f"{found} {kind} streams instead of {count}"})
    _check_duration(probe, expected)


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
        wanted = expected.duration_us / 1_000_000
        raise BadOutput({"detail": f"{seconds:.2f} s long instead of {wanted:.2f} s"})


def main(argv: list[str]) -> int:
    """Read the whole output; sound alone is fine here."""
    from videos.ffmpeg import picture, scan  # noqa: PLC0415 (bring PyAV, which the server must not load)

    path, result = map(Path, argv[:2])
    if "--image" in argv[2:]:
        return run_child(lambda: picture.look(path).to_json(), result)
    return run_child(lambda: scan.scan(path, need_video=False).to_json(), result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Hold an exact cut against what a cut means.

    python -m bench.cuts.checker SOURCE RESULT start-end [start-end ...]

Nothing here knows how the cut was made: both files are decoded whole, and the rules are worked out
once more from the source's own times.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cuts.films import Film, NoPictures, read
from bench.cuts.picture_check import check_pictures
from bench.cuts.rules import Segments, Span, expected_pictures, spans
from bench.cuts.sound_check import check_sounds, copied_share
from bench.cuts.violations import Violation


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong with a result, and figures about it."""

    source: Path
    result: Path
    segments: Sequence[tuple[float, float]]
    """After snapping, in seconds of the source."""
    violations: Sequence[Violation]
    figures: Mapping[str, float]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations


def check(source: Path, result: Path, segments: Segments) -> Report:
    """Hold a result against the rules; one that cannot be read breaks the fourth."""
    original = read(source)
    cut = spans(original, segments)
    snapped = [(float(span.start), float(span.end)) for span in cut]
    try:
        made = read(result, original.turn)
    except (NoPictures, OSError, ValueError) as problem:
        wrong = Violation(4, f"the result cannot be read: {problem}")
        return Report(source, result, snapped, [wrong], {})
    violations, figures = _check(original, made, cut)
    return Report(source, result, snapped, violations, figures)


def _check(
    source: Film, result: Film, cut: Sequence[Span]
) -> tuple[list[Violation], dict[str, float]]:
    wanted = expected_pictures(source, cut)
    pictures = check_pictures(source, result, cut, wanted)
    tracks = check_sounds(source, result, cut)
    places = [place for track in tracks for place in track.places]
    sound_packets = [packet for sound in result.sounds for packet in sound.packets]
    source_packets = [packet for sound in source.sounds for packet in sound.packets]
    violations = [*pictures.violations, *(v for track in tracks for v in track.violations)]
    return violations, {
        "seconds": float(cut[-1].at + cut[-1].length),
        "seconds of the result": float(result.end),
        "pictures": len(result.pictures),
        "pictures wanted": len(wanted),
        "pictures wrong": pictures.wrong,
        "worst time of a picture, ms": 1000 * pictures.worst_time,
        "worst place of sound, ms": 1000 * max(map(abs, places), default=0.0),
        "packets of the film copied, %": 100 * copied_share(source.packets, result.packets),
        "packets of sound copied, %": 100 * copied_share(source_packets, sound_packets),
        "packets hidden": result.hidden,
    }


def _segment(text: str) -> tuple[float, float]:
    start, _, end = text.partition("-")
    return float(start), float(end)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures and each violation; 1 where there is one."""
    parser = argparse.ArgumentParser(prog="python -m bench.cuts.checker", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("segments", type=_segment, nargs="+", metavar="start-end")
    given = parser.parse_args(arguments)
    report = check(given.source, given.result, given.segments)
    for start, end in report.segments:
        print(f"cut from {start:.6f} to {end:.6f}")
    for name, value in report.figures.items():
        print(f"{name:<34}{value:10.3f}".rstrip("0").rstrip("."))
    for violation in report.violations:
        print(violation)
    print("as it should be" if report.holds else f"{len(report.violations)} violations")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())

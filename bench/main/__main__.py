"""The main job on a fresh server: upload, edit, watch, download. `make bench-main`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.harness.clips import drawn
from bench.harness.figures import Report
from bench.harness.workbench import workbench
from bench.main.arrival import arrive
from bench.main.edits import Edits
from bench.main.pictures import Clip
from bench.main.subtitles import attach_tracks, burn_in
from bench.main.thumbnails import FORMATS, one_thumbnail, thumbnails
from bench.main.trims import trim
from tests.clips import bunny

FIRST_EVENT_SECONDS, CLAIM_TO_EVENT_SECONDS = 1.0, 0.5


def main() -> int:
    """Run it; the exit code."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="vrewcraft-bench-") as name, report.measuring("all"):
        measure(Path(name), report)
    return report.finish()


def measure(folder: Path, report: Report) -> None:
    """A real clip and a made one, each with every edit."""
    made = drawn(folder / "made.mp4", "1280x720", 60, keyframe_every=60)
    clips = [Clip.of(bunny(), start=1.0, end=4.0), Clip.of(made, start=10.5, end=50.5)]
    runs = []
    with workbench(folder / "data") as bench:
        for clip in clips:
            edits = Edits(bench, report, clip, arrive(bench, report, clip, folder), folder)
            edit_in_every_way(edits)
            runs += edits.runs
    report.note("edits", len(runs))
    first = max(run.first_event - run.recording.requested for run in runs)
    report.at_most("first event after the request", first, FIRST_EVENT_SECONDS, "s")
    claim = max(run.first_event - run.recording.claimed for run in runs)
    report.at_most("after the claim", claim, CLAIM_TO_EVENT_SECONDS, "s")


def edit_in_every_way(edits: Edits) -> None:
    """Every operation on one clip."""
    trim(edits, "fast")
    trim(edits, "exact")
    burn_in(edits)
    attach_tracks(edits)
    one_thumbnail(edits)
    for image_format in FORMATS:
        thumbnails(edits, image_format)


if __name__ == "__main__":
    sys.exit(main())

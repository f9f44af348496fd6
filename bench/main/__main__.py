"""The main job on a fresh server: upload, edit, watch, download. `make bench-main`."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from pathlib import Path

from bench.harness.clips import drawn
from bench.harness.figures import Report
from bench.harness.workbench import Workbench, workbench
from bench.main.edits import Edits
from bench.main.pictures import Clip, first_picture
from tests.clips import bunny
from tests.servers.live import wait_for

FIRST_EVENT_SECONDS, CLAIM_TO_EVENT_SECONDS = 1.0, 0.5
DERIVED = ("posterUrl", "storyboardUrl", "spriteUrl", "peaksUrl")
DERIVED_SECONDS = 60
VISIBLE_LEVELS = 30
MAX_TILES = 100
CUE = re.compile(r"--> (\d+):(\d+):([\d.]+)\n\S+#xywh=\d+,\d+,\d+,\d+")


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
            edits.run_all()
            runs += edits.runs
    report.note("edits", len(runs))
    first = max(run.first_event - run.recording.requested for run in runs)
    report.at_most("first event after the request", first, FIRST_EVENT_SECONDS, "s")
    claim = max(run.first_event - run.recording.claimed for run in runs)
    report.at_most("after the claim", claim, CLAIM_TO_EVENT_SECONDS, "s")


def arrive(bench: Workbench, report: Report, clip: Clip, folder: Path) -> str:
    """Upload a clip and wait for all that is derived from it; its video id."""
    began = time.monotonic()
    video_id = bench.program.upload(clip.path)
    answered = time.monotonic() - began
    bench.program.ready(video_id)
    ready = time.monotonic() - began
    urls = wait_for(lambda: _derived(bench, video_id), DERIVED_SECONDS, "the derived files")
    derived = time.monotonic() - began
    size = clip.path.stat().st_size / 1e6
    what = f"{clip.title} upload of {size:.1f} MB: answered / editable / all derived after"
    report.note(what, f"{answered:.2f} / {ready:.2f} / {derived:.2f}", "s")
    _check_derived(bench, report, clip, urls, folder)
    return video_id


def _derived(bench: Workbench, video_id: str) -> dict[str, str] | None:
    video = bench.program.http.get(f"/api/videos/{video_id}").json()
    urls = {name: video[name] for name in DERIVED}
    return urls if all(urls.values()) else None


def _check_derived(
    bench: Workbench, report: Report, clip: Clip, urls: dict[str, str], folder: Path
) -> None:
    http, download, title = bench.program.http, bench.program.download, clip.title
    poster = first_picture(download(urls["posterUrl"], folder / "poster.jpg"))
    sprite = first_picture(download(urls["spriteUrl"], folder / "sprite.jpg"))
    levels = {"poster": max(poster) - min(poster), "sprite": max(sprite)}
    for name, level in levels.items():
        expected = f">= {VISIBLE_LEVELS} levels"
        report.check(f"{title} {name}", level, expected, level >= VISIBLE_LEVELS)
    ends = CUE.findall(http.get(urls["storyboardUrl"]).raise_for_status().text)
    report.check(f"{title} storyboard tiles", len(ends), min(len(clip.keyframes), MAX_TILES))
    hours, minutes, seconds = map(float, ends[-1])
    end = hours * 3600 + minutes * 60 + seconds
    report.check_near(f"{title} storyboard ends at (s)", end, clip.seconds, 0.1)
    peaks = http.get(urls["peaksUrl"]).raise_for_status().json()
    end = peaks["length"] * peaks["samples_per_pixel"] / peaks["sample_rate"]
    report.check_near(f"{title} waveform ends at (s)", end, clip.seconds, 0.2)


if __name__ == "__main__":
    sys.exit(main())

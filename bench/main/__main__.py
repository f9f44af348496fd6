"""The main job on a fresh server: upload, edit, watch, download. `make bench-main`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from bench.harness.figures import Report, run_sections
from bench.harness.workbench import Workbench, drawn, workbench
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


def measure(folder: Path, report: Report) -> None:
    """A real clip and a made one, each with every edit."""
    made = drawn(folder / "made.mp4", "1280x720", 60, keyframe_every=60)
    clips = [Clip.of(bunny(), start=1.0, end=4.0), Clip.of(made, start=10.5, end=50.5)]
    recordings = []
    with workbench(folder / "data") as bench:
        for clip in clips:
            video_id = bench.upload(clip.path)
            bench.ready(video_id)
            check_derived(bench, report, clip, video_id, folder)
            edits = Edits(bench, report, clip, video_id, folder)
            edits.run_all()
            recordings += edits.recordings
    first = [(each.of_type("progress")[0].at, each) for each in recordings]
    after_request = max(at - each.requested for at, each in first)
    report.at_most("first event after the request", after_request, FIRST_EVENT_SECONDS, "s")
    after_claim = max(at - each.claimed for at, each in first)
    report.at_most("after the claim", after_claim, CLAIM_TO_EVENT_SECONDS, "s")


def check_derived(
    bench: Workbench, report: Report, clip: Clip, video_id: str, folder: Path
) -> None:
    """Wait for all that is derived from a clip, and hold it against the clip."""
    urls = wait_for(lambda: _derived(bench, video_id), DERIVED_SECONDS, "the derived files")
    http, title = bench.http, clip.path.name
    poster = first_picture(bench.download(urls["posterUrl"], folder / "poster.jpg"))
    sprite = first_picture(bench.download(urls["spriteUrl"], folder / "sprite.jpg"))
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


def _derived(bench: Workbench, video_id: str) -> dict[str, str] | None:
    video = bench.http.get(f"/api/videos/{video_id}").json()
    urls = {name: video[name] for name in DERIVED}
    return urls if all(urls.values()) else None


if __name__ == "__main__":
    sys.exit(run_sections({"main": measure}))

"""What a video gets by itself when it arrives: poster, storyboard, waveform."""

from __future__ import annotations

import re
import time
from pathlib import Path

from bench.harness.figures import Report
from bench.harness.workbench import Workbench
from bench.main.pictures import Clip, first_picture
from tests.servers.live import wait_for

DERIVED = ("posterUrl", "storyboardUrl", "spriteUrl", "peaksUrl")
PATIENCE_SECONDS = 60
VISIBLE_LEVELS = 30
MOST_TILES = 100
CUE = re.compile(r"--> (\d+):(\d+):([\d.]+)\n\S+#xywh=\d+,\d+,\d+,\d+")


def arrive(bench: Workbench, report: Report, clip: Clip, folder: Path) -> str:
    """Upload a clip and wait for all that is derived from it; its video id."""
    began = time.monotonic()
    video_id = bench.program.upload(clip.path)
    answered = time.monotonic() - began
    bench.program.ready(video_id)
    ready = time.monotonic() - began
    urls = wait_for(lambda: _derived(bench, video_id), PATIENCE_SECONDS, "the derived files")
    derived = time.monotonic() - began
    size = clip.path.stat().st_size / 1e6
    what = f"{clip.title} upload of {size:.1f} MB: answered / editable / all derived after"
    report.note(what, f"{answered:.2f} / {ready:.2f} / {derived:.2f}", "s")
    _check_files(bench, report, clip, urls, folder)
    return video_id


def _derived(bench: Workbench, video_id: str) -> dict[str, str] | None:
    video = bench.program.http.get(f"/api/videos/{video_id}").json()
    urls = {name: video[name] for name in DERIVED}
    return urls if all(urls.values()) else None


def _check_files(
    bench: Workbench, report: Report, clip: Clip, urls: dict[str, str], folder: Path
) -> None:
    http, download = bench.program.http, bench.program.download
    poster = first_picture(download(urls["posterUrl"], folder / "poster.jpg"))
    sprite = first_picture(download(urls["spriteUrl"], folder / "sprite.jpg"))
    ends = CUE.findall(http.get(urls["storyboardUrl"]).raise_for_status().text)
    peaks = http.get(urls["peaksUrl"]).raise_for_status().json()
    contrast, brightest = max(poster) - min(poster), max(sprite)
    visible = f">= {VISIBLE_LEVELS} levels"
    report.check(f"{clip.title} poster", contrast, visible, contrast >= VISIBLE_LEVELS)
    report.check(f"{clip.title} sprite", brightest, visible, brightest >= VISIBLE_LEVELS)
    tiles = min(len(clip.keyframes), MOST_TILES)
    report.check(f"{clip.title} storyboard tiles", len(ends), tiles)
    hours, minutes, seconds = map(float, ends[-1])
    end = hours * 3600 + minutes * 60 + seconds
    report.check_near(f"{clip.title} storyboard ends at (s)", end, clip.seconds, 0.1)
    end = peaks["length"] * peaks["samples_per_pixel"] / peaks["sample_rate"]
    report.check_near(f"{clip.title} waveform ends at (s)", end, clip.seconds, 0.2)

"""What a video gets by itself when it arrives: poster, storyboard, waveform."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

import httpx

from bench.clips import Clip
from bench.measured import Fact, equal, least, near
from bench.results import first_frame
from bench.watching import Bench
from tests.servers.live import wait_for

MADE = ("posterUrl", "storyboardUrl", "spriteUrl", "peaksUrl")
FURNISHED_SECONDS = 60
CUE = re.compile(r"(\d+):(\d+):([\d.]+) --> (\d+):(\d+):([\d.]+)\n\S+#xywh=(\d+),(\d+),(\d+),(\d+)")


@dataclass(frozen=True, slots=True)
class Arrived:
    """Wall seconds from the first byte sent: answered, editable, furnished; what was made."""

    clip: Clip
    video_id: str
    answered: float
    ready: float
    furnished: float
    facts: tuple[Fact, ...]

    @property
    def wrong(self) -> list[str]:
        """What is out of bounds."""
        return [f"{self.clip.path.name}: {fact.name}" for fact in self.facts if not fact.holds]


def arrive(bench: Bench, clip: Clip) -> Arrived:
    """Send a clip and wait until all that the house makes of it is there."""
    began = time.time()
    video_id = bench.program.upload(clip.path)
    answered = time.time() - began
    bench.program.ready(video_id)
    ready = time.time() - began
    made = wait_for(lambda: _made(bench, video_id), FURNISHED_SECONDS, "the arrival work's end")
    furnished = time.time() - began
    return Arrived(clip, video_id, answered, ready, furnished, _facts(bench, clip, made))


def _made(bench: Bench, video_id: str) -> dict[str, str] | None:
    found = bench.program.http.get(f"/api/videos/{video_id}").json()
    urls = {name: found[name] for name in MADE}
    return urls if all(urls.values()) else None


def _facts(bench: Bench, clip: Clip, made: dict[str, str]) -> tuple[Fact, ...]:
    length = clip.frames / float(clip.rate)
    poster = bench.download({"url": made["posterUrl"], "name": "poster.jpg"})
    sprite = bench.download({"url": made["spriteUrl"], "name": "sprite.jpg"})
    tiles = CUE.findall(_get(bench, made["storyboardUrl"]).text)
    peaks = _get(bench, made["peaksUrl"]).json()
    spread = max(first_frame(poster)) - min(first_frame(poster))
    return (
        least("poster shows something (levels)", spread, 30),
        least("sprite shows something (levels)", max(first_frame(sprite)), 30),
        equal("storyboard tiles", len(tiles), min(len(clip.keyframes), 100)),
        near("storyboard ends at (s)", _seconds(tiles[-1][3:6]), length, 0.1),
        near("waveform ends at (s)", _heard(peaks), length, 0.2),
    )


def _get(bench: Bench, url: str) -> httpx.Response:
    return bench.program.http.get(url).raise_for_status()


def _seconds(parts: tuple[str, ...]) -> float:
    hours, minutes, seconds = parts
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _heard(peaks: dict[str, Any]) -> float:
    return float(peaks["length"] * peaks["samples_per_pixel"] / peaks["sample_rate"])

"""Small clips that ffmpeg makes from its own sources, each once per run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from videos.media.ffmpeg.command import ffmpeg_path
from videos.media.ffmpeg.limits import Limits
from videos.media.ffmpeg.process import Finished, StopReason, run_step
from videos.media.ffmpeg.progress import Report

PICTURES = ("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2")
SOUND = ("-f", "lavfi", "-i", "sine=duration=2:sample_rate=44100")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p")


class Clips:
    """Files by name, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: bytes) -> Path:
        """A file of these bytes."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def make(self, name: str, *options: str | Path) -> Path:
        """What ffmpeg makes of `options`."""
        path = self.folder / name
        if not path.exists():
            argv = [ffmpeg_path(), "-nostdin", "-v", "error", *map(str, options), str(path)]
            subprocess.run(argv, check=True, capture_output=True, timeout=60)
        return path

    def film(self) -> Path:
        """2 s, 160 x 120, 25 frames/s, a keyframe each second, H.264 and AAC; index at the end."""
        return self.make("film.mp4", *PICTURES, *SOUND, *H264, "-c:a", "aac")

    def copy(self, name: str, *options: str) -> Path:
        """The film in another container."""
        return self.make(name, "-i", self.film(), "-c", "copy", *options)

    def sound(self, name: str = "sound.m4a") -> Path:
        """No picture."""
        return self.make(name, *SOUND)

    def photo(self) -> Path:
        """One PNG picture."""
        return self.make("photo.png", *PICTURES, "-frames:v", "1")

    def playlist(self, name: str) -> Path:
        """An HLS playlist that names a file of this folder."""
        target = self.copy("film.ts")
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:9", "#EXTINF:2,", str(target), "#EXT-X-ENDLIST"]
        return self.write(name, "\n".join([*lines, ""]).encode())


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    """The clips of this run."""
    return Clips(tmp_path_factory.mktemp("clips"))


class Watch:
    """Runs children and remembers what they reported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports: list[Report] = []
        self.pids: list[int] = []

    def run(
        self,
        argv: list[str],
        *,
        limits: Limits | None = None,
        stop: Callable[[], StopReason | None] = lambda: None,
        paused: Callable[[], bool] = lambda: False,
    ) -> Finished:
        """Run to the end."""
        return run_step(
            argv,
            cwd=self.folder,
            limits=limits or Limits(wall_seconds=30),
            on_report=self.reports.append,
            stop=stop,
            paused=paused,
            on_started=self.pids.append,
        )

    def python(
        self,
        code: str,
        *,
        limits: Limits | None = None,
        stop: Callable[[], StopReason | None] = lambda: None,
        paused: Callable[[], bool] = lambda: False,
    ) -> Finished:
        """Run a Python script to its end."""
        return self.run([sys.executable, "-c", code], limits=limits, stop=stop, paused=paused)


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    """A runner of children in an empty folder."""
    return Watch(tmp_path)


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Whether a process still runs; one that only waits to be reaped does not."""

    def check(pid: int) -> bool:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state not in "ZX"

    return check

"""The three arrangements of web and workers, each started once for all its tests."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests import media
from tests.servers.arrangements import NAMES, Arrangement
from tests.servers.live import Program, wait_for

SLOTS = {"VREWCRAFT_CPU_SLOTS": "1", "VREWCRAFT_COPY_SLOTS": "2"}
"""As many as Celery's workers have."""
CUE = b"1\n00:00:00,000 --> 00:00:09,000\nx\n"
WITHOUT_A_HINT = """
from videos.services.tasks import notify, requests
from videos.operations import registry as operations
from videos.models import Video
notify.wake = lambda _: None
video = Video.objects.get(pk="{video}")
params = {{"startTime": 0.0, "endTime": {end}, "mode": "fast"}}
print(requests.request_edit(video, operations.get("trim"), params).task.pk)
"""


@dataclass
class Deployment:
    """An arrangement, the owner's API, and a video to trim in a new way each time."""

    arrangement: Arrangement
    program: Program
    video: str
    """Small: to cut it costs next to nothing."""
    large: str
    """With one keyframe: to cut it exactly is an encode."""
    subtitles: Mapping[str, str]
    """A file of each, with a cue from its beginning to its end."""
    folder: Path
    _ends: Iterator[int] = field(default_factory=lambda: count(1))

    def trim(self, mode: str = "fast") -> str:
        """Ask for a trim that nobody has asked for; the task's id."""
        if mode == "exact":
            return str(self.program.trim(self.large, 0.1, 4 + self._end(), mode)["taskId"])
        return str(self.program.trim(self.video, 0.0, self._end(), mode)["taskId"])

    def trim_unheard(self) -> str:
        """The same in mode `fast`, of which no worker is told."""
        code = WITHOUT_A_HINT.format(video=self.video, end=self._end())
        done = self.arrangement.server.manage("shell", "-v", "0", "-c", code)
        done.check_returncode()
        return done.stdout.strip().splitlines()[-1]

    def wait(self, task: str, **wanted: object) -> dict[str, object]:
        """The task once it is so."""

        def look() -> dict[str, object] | None:
            found = self.program.task(task)
            return found if wanted.items() <= found.items() else None

        return wait_for(look, 30, f"a task with {wanted}")

    def running(self, mode: str = "exact") -> str:
        """A task whose ffmpeg, which draws captions, waits until `release`.

        `exact`: among the encodes; `fast`: among what is quick.
        """
        self.arrangement.hold()
        video = self.large if mode == "exact" else self.video
        style: dict[str, Any] = {"subtitles": self.subtitles[video], "size": 3 + self._end()}
        task = str(self.program.edit("burn_subtitles", video, **style)["taskId"])
        self.wait(task, status="processing")
        wait_for(self.arrangement.ffmpegs, 30, "ffmpeg")
        return task

    def pause(self, task: str) -> None:
        """Pause a running task, and wait until its ffmpeg, which is the only one, is stopped."""
        self.program.http.post(f"/api/tasks/{task}/pause").raise_for_status()
        wait_for(lambda: set(self.arrangement.ffmpegs().values()) == {"T"}, 5, "a stopped ffmpeg")

    def resume(self, task: str) -> None:
        """Let it go on."""
        self.program.http.post(f"/api/tasks/{task}/resume").raise_for_status()

    def outcomes(self, task: str) -> list[str]:
        """How its attempts ended, in their order."""
        return [attempt["outcome"] for attempt in self.program.task(task)["attempts"]]

    def frames(self, task: str) -> list[int]:
        """The numbers of the pictures in its only output."""
        (output,) = self.program.task(task)["outputs"]
        path = self.folder / f"{task}.mp4"
        return media.frame_numbers(self.program.download(output["url"], path))

    def _end(self) -> float:
        """Where a trim ends that nobody has asked for, in seconds."""
        return 2.0 + next(self._ends) / 100


@pytest.fixture(scope="module", params=NAMES)
def started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """The arrangement with a video in it."""
    folder = tmp_path_factory.mktemp(request.param)
    with (
        Arrangement(request.param, folder, env=SLOTS) as arrangement,
        Program(arrangement.server) as program,
    ):
        videos = [program.upload(path) for path in (media.numbered(), _large(folder))]
        for video in videos:
            program.ready(video)
        subtitles = {video: program.add_subtitles(video, CUE) for video in videos}
        yield Deployment(arrangement, program, videos[0], videos[1], subtitles, folder)


def _large(folder: Path) -> Path:
    path = folder / "large.mp4"
    source = "testsrc2=size=1920x1080:rate=25:duration=8"
    media.ffmpeg("-f", "lavfi", "-i", source, "-preset", "ultrafast", "-g", "250", path)
    return path


@pytest.fixture
def deployment(started: Deployment) -> Iterator[Deployment]:
    """The same for one test; whatever that did, ffmpeg works and a worker is there afterwards."""
    yield started
    started.arrangement.release()
    if not started.arrangement.is_at_work():
        started.arrangement.start_workers()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what workers and server wrote beside a failure."""
    report = yield
    deployment = getattr(item, "funcargs", {}).get("deployment")
    if report.failed and deployment is not None:
        report.sections.append(("server and workers", deployment.arrangement.tail()))
    return report

"""The mixed load: short real edits of small clips, asked for over HTTP by a client that insists."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests import clips, media
from tests.chaos.deployment import Deployment
from tests.servers.live import Program, wait_for

INSIST_SECONDS = 0.1
POLL_SECONDS = 0.15
MAX_OPEN = 6
ARRIVAL_SECONDS = 120
AGAIN: Mapping[str, Any] = {"again": True}


@dataclass(frozen=True, slots=True)
class Edit:
    """One kind of edit: of which clip, and with what params."""

    name: str
    clip: str
    operation: str
    params: Mapping[str, Any]
    subtitled: str = ""
    """The name of the param that takes the clip's subtitle file."""


CLIPS: Mapping[str, Callable[[], Path]] = {
    "numbered": media.numbered,
    "silent": media.silent,
    "bikes": clips.bikes,
}
EDITS = (
    Edit("cut", "numbered", "trim", {"startTime": 1, "endTime": 2}),
    Edit("long cut", "bikes", "trim", {"startTime": 0, "endTime": 7}),
    Edit("exact", "numbered", "trim", {"startTime": 1.24, "endTime": 2.6, "mode": "exact"}),
    Edit("silent exact", "silent", "trim", {"startTime": 0.5, "endTime": 3, "mode": "exact"}),
    Edit("slow exact", "bikes", "trim", {"startTime": 1, "endTime": 3, "mode": "exact"}),
    Edit("one picture", "numbered", "thumbnails", {"time": 1.2}),
    Edit("pictures", "numbered", "thumbnails", {"count": 3}),
    Edit("small pictures", "bikes", "thumbnails", {"count": 4, "width": 160}),
    Edit("attach", "numbered", "mux_subtitles", {}, "subtitles"),
    Edit("burn", "numbered", "burn_subtitles", {}, "subtitles"),
)


class Clips:
    """The clips of a deployment, uploaded and probed, each with a subtitle file."""

    def __init__(self, deployment: Deployment) -> None:
        self.videos: dict[str, str] = {}
        self._subtitles: dict[str, str] = {}
        with Program(deployment.server) as program:
            self._again = AGAIN if _offers_again(program) else {}
            for name, made in CLIPS.items():
                self.videos[name] = program.upload(made())
            for name, video_id in self.videos.items():
                program.ready(video_id, ARRIVAL_SECONDS)
                self._subtitles[name] = _attach(program, video_id)
        wait_for(lambda: not deployment.books.open_tasks(), ARRIVAL_SECONDS, "the arrival's end")

    def body(self, edit: Edit) -> dict[str, Any]:
        """The request for an edit."""
        wanted = {"videoId": self.videos[edit.clip], **edit.params, **self._again}
        if edit.subtitled:
            file = self._subtitles[edit.clip]
            several = edit.operation == "mux_subtitles"
            wanted[edit.subtitled] = [file] if several else file
        return wanted


def _offers_again(program: Program) -> bool:
    """Whether the API gives what was made before unless it is asked to make it again."""
    described = program.http.get("/api/openapi.json").json()["paths"]["/api/edit/trim"]
    return f'"{next(iter(AGAIN))}"' in described["post"]["description"]


def _attach(program: Program, video_id: str) -> str:
    file = ("words.srt", media.SUBTITLES.encode(), "text/plain")
    url = f"/api/videos/{video_id}/subtitles"
    answer = program.http.post(url, files={"subtitles": file})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["subtitlesId"])


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was acknowledged."""

    key: str
    edit: Edit
    task_id: str


class Load:
    """Keeps a few edits open in a thread of its own until told to stop."""

    def __init__(self, deployment: Deployment, clips: Clips, rng: random.Random) -> None:
        self.asked: list[Asked] = []
        self.refused: list[str] = []
        self.repeated = 0
        self._deployment, self._clips, self._rng = deployment, clips, rng
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float = 60) -> None:
        """End once the request under way has been answered."""
        self._stopping.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        headers = {"Authorization": f"Bearer {self._deployment.server.token}"}
        with httpx.Client(
            base_url=self._deployment.server.base_url, headers=headers, timeout=10
        ) as http:
            while not self._stopping.is_set():
                if self._deployment.books.open_tasks() < MAX_OPEN:
                    self._ask(http)
                else:
                    self._stopping.wait(POLL_SECONDS)

    def _ask(self, http: httpx.Client) -> None:
        edit, key = self._rng.choice(EDITS), f"{self._rng.getrandbits(64):016x}"
        task_id = insist(http, edit, self._clips.body(edit), key, self)
        if task_id:
            self.asked.append(Asked(key, edit, task_id))


def insist(
    http: httpx.Client, edit: Edit, body: Mapping[str, Any], key: str, load: Load
) -> str | None:
    """Ask until there is an answer, with the same key each time; None where it is a refusal."""
    while True:
        try:
            answer = http.post(
                f"/api/edit/{edit.operation}", json=body, headers={"Idempotency-Key": key}
            )
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 202:
            return str(answer.json()["taskId"])
        if answer is not None and answer.status_code < 500:
            load.refused.append(f"{edit.name}: {answer.status_code} {answer.text}")
            return None
        load.repeated += 1
        time.sleep(INSIST_SECONDS)


def ask_all(deployment: Deployment, clips: Clips, edits: Sequence[Edit] = EDITS) -> list[Asked]:
    """Ask for one of each edit, and wait until all have ended well."""
    with Program(deployment.server) as program:
        asked = [
            Asked("", each, program.edit(each.operation, **_named(clips.body(each)))["taskId"])
            for each in edits
        ]
        for each in asked:
            ended = program.ended(each.task_id, ARRIVAL_SECONDS)
            assert ended["status"] == "complete", (each.edit.name, ended)
    return asked


def _named(body: Mapping[str, Any]) -> dict[str, Any]:
    """As `Program.edit` takes it."""
    return {"video_id": body["videoId"], **{k: v for k, v in body.items() if k != "videoId"}}

"""What a program knows of the tasks it follows, by the live protocol. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

ENDED = ("complete", "error", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    """A task or an upload; `percent` 0 to 100, `eta` in seconds."""

    id: str
    video_id: str
    name: str = ""
    video_name: str = ""
    status: str = "pending"
    percent: float = 0.0
    eta: float | None = None
    indeterminate: bool = False
    position: int | None = None
    result: str = ""
    """The address of the main output, or why it failed."""
    seq: int = -1

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.status in ENDED


@dataclass
class Board:
    """The jobs by id, in the order in which they became known."""

    jobs: dict[str, Job] = field(default_factory=dict)

    def apply(self, message: Mapping[str, Any]) -> str | None:
        """Take one message of the server; gives the id of the job it changed, if it is one's."""
        kind, video_id, data = message["type"], str(message.get("videoId")), message["data"]
        if kind == "subscribed":
            self._replace(video_id, data)
        elif kind == "task" and not data["housekeeping"]:
            return self._take(_of_state(data))
        elif kind == "progress":
            return self._take(self._of_progress(video_id, data))
        elif kind in ("complete", "error") and data.get("taskId"):
            return self._take(self._of_end(kind, video_id, data))
        elif kind == "queue":
            self._move_up(data["places"])
        return None

    @property
    def under_way(self) -> list[Job]:
        """Those that have not ended."""
        return [job for job in self.jobs.values() if not job.has_ended]

    def _replace(self, video_id: str, data: Mapping[str, Any]) -> None:
        """A snapshot is all there is of its video; what had ended before is not followed."""
        by_video: dict[str, Any] = data["videos"] if video_id == "*" else {video_id: data}
        replaced: dict[str, Job] = {}
        for key, each in by_video.items():
            states = [_of_state(state) for state in each["tasks"] if not state["housekeeping"]]
            replaced |= {job.id: job for job in states}
            if each["upload"]:
                upload = self._of_progress(key, each["upload"])
                replaced[upload.id] = upload
        remaining = {
            job.id: replaced.get(job.id, job)
            for job in self.jobs.values()
            if job.id in replaced
            or (job.video_id not in by_video and video_id != "*")
            or job.has_ended
        }
        new = {
            key: job for key, job in replaced.items() if key not in remaining and not job.has_ended
        }
        self.jobs = remaining | new

    def _take(self, job: Job) -> str | None:
        known = self.jobs.get(job.id)
        if known and job.seq <= known.seq:
            return None
        self.jobs[job.id] = job
        return job.id

    def _move_up(self, places: Mapping[str, Any]) -> None:
        """The queue moved; their rows did not change, so their numbers stay the same."""
        for key, place in places.items():
            job = self.jobs.get(key)
            if job and job.status == "pending":
                self.jobs[key] = replace(job, position=place["queuePosition"])

    def _known(self, key: str, video_id: str) -> Job:
        return self.jobs.get(key, Job(key, video_id))

    def _of_progress(self, video_id: str, data: Mapping[str, Any]) -> Job:
        known = self._known(data["taskId"] or f"upload.{video_id}", video_id)
        arrived = data["taskId"] is None and data["percent"] >= 100
        return replace(
            known,
            name=known.name or ("Upload" if data["taskId"] is None else data["operation"]),
            status="complete" if arrived else "processing",
            percent=data["percent"],
            eta=data["etaSeconds"],
            indeterminate=data["indeterminate"],
            position=None,
            seq=data["seq"],
        )

    def _of_end(self, kind: str, video_id: str, data: Mapping[str, Any]) -> Job:
        known = self._known(data["taskId"], video_id)
        ended = replace(known, status=kind, eta=None, seq=data["seq"])
        if kind == "complete":
            return replace(ended, percent=100.0, result=data["outputUrl"] or "")
        return replace(ended, result=f"{data['error']} {data['remedy'] or ''}".strip())


def _of_state(state: Mapping[str, Any]) -> Job:
    outputs, error = state["outputs"], state["error"]
    reason = f"{error['error']} {error['remedy'] or ''}".strip() if error else ""
    return Job(
        id=state["id"],
        video_id=state["videoId"],
        name=state["name"],
        video_name=state["videoName"],
        status=state["status"],
        percent=state["progress"],
        eta=state["etaSeconds"],
        indeterminate=state["indeterminate"],
        position=state["queuePosition"],
        result=outputs[0]["url"] if outputs else reason,
        seq=state["seq"],
    )

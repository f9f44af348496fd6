"""Edits of one clip: the order of their events, and the files that come of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.harness.figures import Report, is_rising
from bench.harness.workbench import Recording, Workbench
from bench.main.pictures import Clip

# An encode of seconds shows its progress at 5 Hz; half of that is already a jerky bar.
LEAST_EVENTS_PER_SECOND = 2.5
START_AND_END_SECONDS = 2.0
ENDS = 2  # the 0 % and the 100 %


@dataclass(frozen=True, slots=True)
class Run:
    """One edit: its messages and the files that it made."""

    recording: Recording
    files: tuple[Path, ...]

    @property
    def percents(self) -> list[float]:
        """What the bar showed."""
        return [message.data["percent"] for message in self.recording.of_type("progress")]

    @property
    def first_event(self) -> float:
        """When the first progress came, seconds since 1970."""
        return self.recording.of_type("progress")[0].at

    @property
    def ends_with_hundred(self) -> bool:
        """Whether the message just before `complete` is the 100 %."""
        types = [message.type for message in self.recording.messages]
        before = self.recording.messages[types.index("complete") - 1]
        return before.type == "progress" and before.data["percent"] == 100

    def broken_rules(self, *, copies: bool) -> list[str]:
        """Which rules of the live protocol it broke.

        What only copies streams is too quick for many events.
        """
        encoding = max(self.recording.seconds - START_AND_END_SECONDS, 0)
        least = 0 if copies else ENDS + int(LEAST_EVENTS_PER_SECOND * encoding)
        rules = {
            "percent falls": is_rising(self.percents),
            "does not start at 0": self.percents[0] < 5,
            "100 is not just before complete": self.ends_with_hundred,
            "not one complete": len(self.recording.of_type("complete")) == 1,
            "too few events": len(self.percents) >= least,
        }
        return [rule for rule, holds in rules.items() if not holds]


@dataclass(frozen=True, slots=True)
class Edits:
    """One clip in the library; all runs of its edits."""

    bench: Workbench
    report: Report
    clip: Clip
    video_id: str
    folder: Path
    runs: list[Run] = field(default_factory=list)

    def run(
        self, title: str, operation: str, params: Mapping[str, Any], *, copies: bool = False
    ) -> Run:
        """Do an edit, download its files, and check its events."""
        recording = self.bench.edit(self.video_id, operation, params)
        outputs = recording.of_type("complete")[0].data["outputs"]
        download = self.bench.program.download
        files = tuple(download(each["url"], self.folder / each["name"]) for each in outputs)
        run = Run(recording, files)
        self.runs.append(run)
        title = f"{self.clip.title} {title}"
        self.report.note(f"{title}: from request to complete", recording.seconds, "s")
        broken = ", ".join(run.broken_rules(copies=copies))
        events = f"{len(run.percents)} events"
        self.report.check(f"{title}: {events}", broken or "in order", "in order")
        return run

    def attach(self, name: str, content: bytes, **fields: str) -> str:
        """Add a subtitle file; its id."""
        return self.bench.attach(self.video_id, name, content, **fields)

    def check(self, name: str, found: object, wanted: object, holds: bool | None = None) -> None:
        """One detail of this clip's files."""
        self.report.check(f"{self.clip.title} {name}", found, wanted, holds)

"""Writes how far an attempt is: a child's reports become the task's row, five times a second."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from videos.core.enums import StepCode
from videos.media.ffmpeg.faststart import part_rewritten
from videos.media.ffmpeg.outcome import StopReason
from videos.media.ffmpeg.progress import Report
from videos.models import Task, progress_write
from videos.models.task_queue import Claim
from videos.operations.base import Step
from videos.services.tasks.estimates import speeds
from videos.services.tasks.estimates.estimator import Estimator, Observed, Stage
from videos.services.tasks.estimates.speeds import Key

logger = logging.getLogger(__name__)

# Reports come ten times a second, a little early or late: every second one is written.
WRITE_EVERY_SECONDS = 0.18
STORE_SECONDS = 0.05
# No progress for so long, or for so many times the usual wait, is reported as stalled.
STALL_SECONDS, STALL_GAPS = 30.0, 10.0


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the bar: a step's work, or the moving about of its file that follows it."""

    step: int
    code: StepCode
    key: Key
    rewrites: Path | None = None


def phases_of(operation: str, size: str, steps: Sequence[Step]) -> list[Phase]:
    """All stretches of a plan, but the storing at its end."""
    phases = []
    for number, step in enumerate(steps):
        key = speeds.key_of(operation, number, step, size)
        phases.append(Phase(number, step.code, key))
        if step.rewrites:
            again = Key(f"{key.kind} {StepCode.FINISHING}", size, step.rewriting)
            phases.append(Phase(number, StepCode.FINISHING, again, step.rewrites))
    return phases


class ProgressWriter:
    """The progress of one attempt's steps; the last stage is the storing of its files."""

    def __init__(
        self,
        claim: Claim,
        operation: str,
        size: str,
        steps: Sequence[Step],
        whole: Key,
        clock: Callable[[], float] = time.monotonic,
        on_row: Callable[[Task], None] = lambda _task: None,
    ) -> None:
        self._claim, self._on_row = claim, on_row
        self._steps = list(steps)
        self._clock = clock
        self._phases = phases_of(operation, size, steps)
        learned = speeds.learned(operation, size)
        stages = [learned.stage(phase.key) for phase in self._phases]
        self._estimator = Estimator([*stages, Stage(0.0, STORE_SECONDS)], clock)
        self._measured: list[tuple[Key, Observed]] = []
        self._whole, self._began = whole, clock()
        self._code, self._phase = StepCode.STARTING, 0
        self._pid: int | None = None
        self._rewritten = 0.0
        self._report, self._untold = Report(), False
        self._written_at = self._moved_at = clock()
        self._usual_gap = 0.0
        self._stalled = False

    def begin(self, number: int, step: Step | None = None) -> None:
        """A step begins, as `step` where more is known of it now; after the last, the storing."""
        if step:
            self._steps[number] = step
        places = (place for place, phase in enumerate(self._phases) if phase.step == number)
        self._report, self._pid, self._rewritten = Report(), None, 0.0
        self._enter(next(places, len(self._phases)))

    def started(self, pid: int) -> None:
        """The step's child runs under this process id."""
        self._pid = pid

    @property
    def last(self) -> int:
        """The step that brings files into the library, or what follows the last one."""
        steps = self._steps
        return len(steps) - (1 if steps and steps[-1].code is StepCode.STORING else 0)

    def report(self, report: Report) -> None:
        """The step's child says how far it is."""
        phase = self._phases[self._phase]
        if not phase.rewrites:
            self._estimator.report(_part(self._steps[phase.step], report))
        if _place(report) != _place(self._report):
            self._moved()
        self._report, self._untold = report, True
        self._write_in_turn()

    def finished(self) -> None:
        """The step's child has ended well."""
        self._measured.append((self._phases[self._phase].key, self._estimator.observed()))

    def check(self) -> StopReason | None:
        """Whether the child makes no progress: reported first, stopped where it lasts too long."""
        self._check_rewriting()
        self._write_in_turn()
        still = self._clock() - self._moved_at
        if still > settings.VREWCRAFT_STALL_SECONDS:
            return StopReason.STALLED
        if not self._stalled and still > max(STALL_SECONDS, STALL_GAPS * self._usual_gap):
            logger.warning("ffmpeg makes no progress", extra={"seconds": round(still)})
            self._stalled = True
            with suppress(DatabaseError):
                self._write()
        return None

    def learn(self) -> None:
        """Keep what the steps have cost. The task is complete by now whatever happens here."""
        measured = list(self._measured)
        if self._whole.guess > 0:
            seconds = self._clock() - self._began
            measured.append((self._whole, Observed(0.0, seconds, 0.0, 1.0)))
        try:
            speeds.learn(measured)
        except DatabaseError:
            logger.exception("saving measured speeds failed")

    def _enter(self, place: int) -> None:
        self._estimator.begin(place)
        self._phase = place
        phases = self._phases
        self._code = phases[place].code if place < len(phases) else StepCode.STORING
        self._moved()
        self._write()

    def _check_rewriting(self) -> None:
        """Where the child moves its file about, it is silent: look how far it is."""
        phase = self._phases[self._phase]
        path = self._steps[phase.step].rewrites
        part = part_rewritten(self._pid, path) if self._pid and path else None
        if part is None:
            return
        if not phase.rewrites:
            self.finished()
            self._enter(self._phase + 1)
        if part > self._rewritten:
            self._moved()
        self._rewritten = part
        self._estimator.report(part)
        self._untold = True

    def _write_in_turn(self) -> None:
        if self._untold and self._clock() - self._written_at >= WRITE_EVERY_SECONDS:
            with suppress(DatabaseError):  # the next report is written again
                self._write()

    def _moved(self) -> None:
        now = self._clock()
        self._usual_gap += (now - self._moved_at - self._usual_gap) / 8
        self._moved_at, self._stalled = now, False

    def _write(self) -> None:
        self._written_at, self._untold = self._clock(), False
        report = self._report
        task = progress_write.advance(
            self._claim,
            progress_write.Advance(
                fraction=self._estimator.fraction,
                step=self._code,
                indeterminate=self._estimator.indeterminate,
                eta_seconds=self._estimator.eta_seconds(),
                speed=report.speed,
                fps=report.fps,
                done_us=report.out_time_us,
                done_bytes=report.bytes,
                stalled=self._stalled,
            ),
        )
        self._on_row(task)


def _place(report: Report) -> tuple[int | None, int | None, int | None]:
    """What rises while a child works."""
    return report.out_time_us, report.bytes, report.frame


def _part(step: Step, report: Report) -> float | None:
    """How much of its work the step has done; None where that cannot be known."""
    pairs = (
        (step.expected_us, report.out_time_us),
        (step.expected_bytes, report.bytes),
        (step.expected_frames, report.frame),
    )
    known = [(expected, done) for expected, done in pairs if expected]
    if not known:
        return None
    return next((done / expected for expected, done in known if done is not None), 0.0)

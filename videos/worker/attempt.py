"""The runner: one attempt of one task, from its claim to its end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from videos.core import log_context
from videos.core.enums import WorkClass
from videos.core.errors import AppError
from videos.media.ffmpeg.encoders import ffmpeg_version
from videos.media.ffmpeg.errors import Stalled
from videos.media.ffmpeg.process import Finished, StepStopped, StopReason, raise_for_exit, run_step
from videos.media.ffmpeg.progress import Report
from videos.media.ffmpeg.stopwatch import Stopwatch
from videos.media.jobs.cutting import taken_over_by
from videos.models import Attempt, Task, task_state
from videos.models.task_queue import Claim, LostClaimError
from videos.operations import registry as operations
from videos.operations.base import Estimate, Operation, Plan, Source, Step
from videos.operations.forms import checked
from videos.services.tasks import retry, reuse
from videos.services.tasks.estimates import speeds
from videos.storage import workdir
from videos.storage.base import ProgressCallback
from videos.worker import sandbox_limits, staging
from videos.worker.progress_writer import ProgressWriter
from videos.worker.publish import Finding, publish, verify_steps
from videos.worker.staging import RequiredFile

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 0.1
UNFINISHED = ("pending", "processing")


class AttemptRunner:
    """Runs the attempt of `claim`.

    `stop` is polled for a reason to end early, `paused` for whether to pause.
    `on_row` gets the task's row after each progress write.
    """

    def __init__(
        self,
        claim: Claim,
        stop: Callable[[], StopReason | None],
        paused: Callable[[], bool] = lambda: False,
        on_row: Callable[[Task], None] = lambda _task: None,
    ) -> None:
        self._claim = claim
        self._stop, self._paused, self._on_row = stop, paused, on_row
        self._clock = Stopwatch()
        self._source_bytes = 0
        self._commands: list[list[str]] = []
        self._timings: dict[str, float] = {}

    def run(self) -> None:
        """Bring the task to an end, or back to pending; never raises for what a task may meet."""
        task = Task.objects.select_related("video").get(pk=self._claim.task_id)
        with log_context.about(
            task=task.pk, video=task.video_id, attempt=self._claim.attempt, user=task.owner_id
        ):
            self._attempt(task)

    def _attempt(self, task: Task) -> None:
        operation = operations.by_slug().get(task.operation)
        logger.info("attempt starts")
        try:
            if operation is None:
                raise AppError("unknown_operation")
            self._work(task, operation)
        except LostClaimError:
            logger.warning("claim lost")
        except StepStopped as stopped:
            self._stopped(stopped.reason)
        except Exception as error:
            if not retry.is_expected(error):
                logger.exception("attempt met an error")
            self._failed(task, retry.failure_of(error))
        finally:
            workdir.clear_work_dir(task.pk, self._claim.attempt)
            self._clear_pieces(task)

    def _clear_pieces(self, task: Task) -> None:
        """What was kept for a later attempt, once there will be none; else the sweep does it."""
        with suppress(DatabaseError):
            if not Task.objects.filter(pk=task.pk, status__in=UNFINISHED).exists():
                workdir.clear_pieces(task.pk)

    def _work(self, task: Task, operation: Operation) -> None:
        folder = workdir.fresh_work_dir(task.pk, self._claim.attempt)
        sources = _sources(task, operation)
        mark = reuse.fingerprint(operation.slug, sources, task.params)
        Task.objects.claimed_by(self._claim).update(fingerprint=mark)
        self._source_bytes = sum(source.probe.bytes for source in sources)
        plan = self._plan(task, operation, sources, folder)
        for name, content in plan.files.items():
            (folder / name).write_bytes(content)
        required = staging.required_files(plan, sources)
        fetch, store = staging.fetching(required), staging.storing(plan, sources)
        steps = [*fetch, *plan.steps, *verify_steps(plan.artifacts, folder), *store]
        size = speeds.size_of(sources)
        estimate = Estimate(WorkClass(task.work_class), task.guessed_seconds)
        whole = speeds.whole_key(operation.slug, estimate, size)
        writer = ProgressWriter(
            self._claim, operation.slug, size, steps, whole, self._clock, self._on_row
        )
        with self._fetched(required, writer):
            sandbox_limits.check_room(folder, sources, plan)
            for number in range(len(fetch), len(steps) - len(store)):
                self._run(number, steps[number], writer, folder)
        findings = [Finding.of(artifact, folder) for artifact in plan.artifacts]
        self._publish(task, findings, writer, steps[len(steps) - len(store) :])
        logger.info("attempt complete")
        writer.learn()

    @contextmanager
    def _fetched(self, required: Sequence[RequiredFile], writer: ProgressWriter) -> Iterator[None]:
        """The sources on this machine's disk while it lasts."""
        if required:
            writer.begin(0)
        with staging.local_copies(required, self._moved(writer)):
            if required:
                writer.finished()
            yield

    def _publish(
        self, task: Task, findings: Sequence[Finding], writer: ProgressWriter, steps: Sequence[Step]
    ) -> None:
        """Bring the files into the library; the last steps are that, where it takes a while."""
        size = sum(finding.artifact.path.stat().st_size for finding in findings)
        writer.begin(writer.last, *(staging.of_bytes(step, size) for step in steps))
        publish(self._claim, task, findings, self._moved(writer))
        if steps:
            writer.finished()

    def _moved(self, writer: ProgressWriter) -> ProgressCallback:
        """Called while files move: reports it, and stops it as it would stop a child."""

        def on_progress(moved: int) -> None:
            writer.report(Report(bytes=moved))
            self._wait_while_paused()
            reason = self._stop() or writer.check()
            if reason is StopReason.STALLED:
                raise Stalled({"seconds": round(settings.VREWCRAFT_STALL_SECONDS)})
            if reason is not None:
                raise StepStopped(reason)

        return on_progress

    def _wait_while_paused(self) -> None:
        """As a child does. Bytes on their way still move, but nothing follows from them."""
        while self._paused() and self._stop() is None:
            self._clock.stop()
            time.sleep(PAUSE_SECONDS)
        self._clock.resume()

    def _plan(
        self, task: Task, operation: Operation, sources: Sequence[Source], folder: Path
    ) -> Plan:
        form = operation.form(data=task.params, sources=sources if operation.needs_probe else ())
        return operation.build(sources, checked(form), folder)

    def _run(self, number: int, step: Step, writer: ProgressWriter, folder: Path) -> None:
        self._raise_if_stopped()
        self._commands.append(list(step.argv))
        self._record(commands=self._commands, ffmpeg_version=ffmpeg_version())
        writer.begin(number)
        finished = run_step(
            list(step.argv),
            cwd=folder,
            limits=sandbox_limits.of(step, self._source_bytes),
            on_report=writer.report,
            stop=lambda: self._stop() or writer.check(),
            on_started=writer.started,
            paused=self._paused,
            clock=self._clock,
        )
        self._finished(step, finished)
        writer.finished()

    def _finished(self, step: Step, finished: Finished) -> None:
        key = f"{len(self._commands)} {step.code}"
        self._timings[key] = round(finished.wall_seconds, 3)
        self._record(
            exit_code=finished.exit_code,
            stderr_tail=finished.stderr_tail,
            timings=self._timings,
        )
        raise_for_exit(finished, step.failure)
        if taken_over := taken_over_by(step.failure):
            self._record(taken_over=taken_over)

    def _record(self, **values: object) -> None:
        Attempt.objects.filter(task_id=self._claim.task_id, number=self._claim.attempt).update(
            **values
        )

    def _raise_if_stopped(self) -> None:
        reason = self._stop()
        if reason is not None:
            raise StepStopped(reason)

    def _stopped(self, reason: StopReason) -> None:
        logger.info("attempt stopped", extra={"code": reason.value})
        try:
            if reason is StopReason.CANCELLED:
                task_state.end_cancelled(self._claim)
            elif reason is StopReason.SHUTDOWN:
                task_state.release(self._claim)
        except LostClaimError:
            logger.warning("claim lost")

    def _failed(self, task: Task, failure: task_state.Failure) -> None:
        logger.warning("attempt failed", extra={"code": failure.code})
        delay_seconds = retry.next_try(task, failure)
        try:
            if delay_seconds is None:
                task_state.fail(self._claim, failure)
            else:
                task_state.schedule_retry(self._claim, failure, delay_seconds)
        except LostClaimError:
            logger.warning("claim lost")


def _sources(task: Task, operation: Operation) -> list[Source]:
    sources = []
    for link in task.source_links.select_related("video"):
        if operation.needs_probe and link.video.error_code:
            raise AppError(link.video.error_code, **link.video.error_blanks)
        source = link.video.as_source if operation.needs_probe else link.video.as_arrived
        if source is None:
            raise AppError("not_ready")
        sources.append(source)
    return sources

"""Run one child process: its progress, its limits, its end, and what that end means."""

from __future__ import annotations

import contextlib
import math
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from videos.media.ffmpeg.limits import Limits
from videos.media.ffmpeg.outcome import (
    SIGNAL_BASE,
    Finished,
    StepStopped,
    StopReason,
    Tail,
    raise_for_exit,
)
from videos.media.ffmpeg.progress import LineSplitter, Report, ReportParser
from videos.media.ffmpeg.stopwatch import Stopwatch
from videos.media.jobs.child import ROOT

__all__ = ["Finished", "StepStopped", "StopReason", "raise_for_exit", "run_step"]

POLL_SECONDS = 0.1
GRACE_SECONDS = 2.0
REAP_SECONDS = 0.01
READ_BYTES = 65_536
LAST_READS = 64
CPU_SLACK = 0.1
# What a child may see of our environment; never secrets, and never FFREPORT or PYTHON*.
ENVIRONMENT = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME"}
    | {"FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}
    | {"VREWCRAFT_FFMPEG"}
)


def run_step(
    argv: Sequence[str],
    *,
    cwd: Path,
    limits: Limits,
    on_report: Callable[[Report], None],
    stop: Callable[[], StopReason | None],
    paused: Callable[[], bool] = lambda: False,
    clock: Stopwatch | None = None,
    poll_seconds: float = POLL_SECONDS,
    on_started: Callable[[int], None] | None = None,
) -> Finished:
    """Run `argv` in a process group of its own until it ends or is stopped.

    `stop` is asked every `poll_seconds`, also while the child is silent; then its group gets
    SIGTERM, and SIGKILL two seconds later. While `paused` says yes, the group is stopped (SIGSTOP),
    and so is `clock`, by which the wall time is counted. `on_started` gets the process id, which
    stays the same.
    Nothing of the group outlives this call, whatever `on_report` or `stop` raise.
    """
    child = subprocess.Popen(
        limits.wrap(argv),
        cwd=cwd,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,
    )
    run = _Run(child, limits, on_report, stop, paused, clock or Stopwatch(), poll_seconds)
    try:
        if on_started:
            on_started(child.pid)
        run.watch()
    finally:
        exit_code, cpu_seconds = run.kill_and_reap()
    return run.finished(exit_code, cpu_seconds)


class _Run:
    """One child from its start to its reaping."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        limits: Limits,
        on_report: Callable[[Report], None],
        stop: Callable[[], StopReason | None],
        paused: Callable[[], bool],
        clock: Stopwatch,
        poll_seconds: float,
    ) -> None:
        self._child = child
        self._limits = limits
        self._on_report = on_report
        self._stop, self._paused = stop, paused
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._began, self._next_poll = clock(), time.monotonic()
        self._lines, self._tail, self._parser = LineSplitter(), Tail(), ReportParser()
        self._stopped: StopReason | None = None
        self._stands = False
        self._kill_at = math.inf
        self._end: tuple[int, float] | None = None

    def watch(self) -> None:
        """Read what the child prints and ask `stop`, until the child has exited."""
        with selectors.DefaultSelector() as pipes:
            for pipe, take in (
                (self._child.stdout, self._read_lines),
                (self._child.stderr, self._tail.feed),
            ):
                pipes.register(pipe, selectors.EVENT_READ, take)  # type: ignore[arg-type]
            while not self._has_exited():
                self._poll()
                # A child that closed its pipes is about to exit, or silent for good.
                self._pump(pipes, self._poll_seconds if pipes.get_map() else REAP_SECONDS)
            self._signal_group(signal.SIGKILL)
            for _ in range(LAST_READS):  # a stranger to the group may hold a pipe open for ever
                if not self._pump(pipes, 0):
                    break

    def kill_and_reap(self) -> tuple[int, float]:
        """Kill what is left of the group, then take the child's exit code and processor seconds.

        The child is reaped last: until then its number, and its group's, stay its own.
        """
        self._signal_group(signal.SIGKILL)
        if self._end is None:
            _, status, usage = os.wait4(self._child.pid, 0)
            self._end = (os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime)
        self._child.returncode = self._end[0]
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()
        return self._end

    def finished(self, code: int, cpu_seconds: float) -> Finished:
        """How it ended, from what `kill_and_reap` gave."""
        allowed = self._limits.cpu_seconds
        spent = allowed is not None and cpu_seconds >= allowed - CPU_SLACK
        if self._stopped is None and (code == -signal.SIGXCPU or (code != 0 and spent)):
            self._stopped = StopReason.CPU_SPENT
        return Finished(
            exit_code=code if code >= 0 else SIGNAL_BASE - code,
            signal=-code if code < 0 else None,
            stderr_tail=self._tail.text(),
            wall_seconds=self._clock() - self._began,
            cpu_seconds=cpu_seconds,
            stopped=self._stopped,
            file_limit=self._limits.file_bytes,
            memory_limit=self._limits.memory_bytes,
        )

    def _has_exited(self) -> bool:
        if hasattr(os, "waitid"):
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            return os.waitid(os.P_PID, self._child.pid, flags) is not None
        return self._has_been_reaped()

    def _has_been_reaped(self) -> bool:
        """For macOS before Python 3.13, which cannot look without reaping."""
        pid, status, usage = os.wait4(self._child.pid, os.WNOHANG)
        if pid:
            self._end = (os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime)
        return bool(pid)

    def _poll(self) -> None:
        now = time.monotonic()
        if now < self._next_poll:
            return
        self._next_poll = now + self._poll_seconds
        if self._stopped is None:
            self._stopped = self._reason_to_stop()
            if self._stopped is None:
                self._pause_or_resume()
            else:
                self._clock.resume()
                self._kill_at = now + GRACE_SECONDS
                self._signal_group(signal.SIGTERM)
                self._signal_group(signal.SIGCONT)  # a stopped process gets no other
        elif now >= self._kill_at:
            self._signal_group(signal.SIGKILL)

    def _pause_or_resume(self) -> None:
        """The clock may stand already, since a child before that ended as it was stopped."""
        should_pause = self._paused()
        if should_pause != self._stands:
            self._stands = should_pause
            self._signal_group(signal.SIGSTOP if should_pause else signal.SIGCONT)
        if should_pause:
            self._clock.stop()
        else:
            self._clock.resume()

    def _reason_to_stop(self) -> StopReason | None:
        allowed = self._limits.wall_seconds
        if allowed is not None and self._clock() - self._began > allowed:
            return StopReason.TIMED_OUT
        return self._stop()

    def _pump(self, pipes: selectors.BaseSelector, timeout: float) -> bool:
        """Take what the pipes hold; False where nothing came in time."""
        ready = pipes.select(timeout)
        for key, _ in ready:
            chunk = os.read(key.fd, READ_BYTES)
            if chunk:
                key.data(chunk)
            else:
                pipes.unregister(key.fileobj)
        return bool(ready)

    def _read_lines(self, chunk: bytes) -> None:
        for line in self._lines.feed(chunk):
            report = self._parser.feed(line)
            if report is not None and self._stopped is None:
                self._on_report(report)

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)


def _environment() -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if key in ENVIRONMENT}
    return {**environment, "PYTHONPATH": str(ROOT)}

"""`manage.py work`: run tasks in a process of its own, on this or any other machine."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from videos.worker.worker import Worker

IDLE_POLL_SECONDS = 0.3
# A signal to a process group can come twice, directly and through the parent.
ECHO_SECONDS = 0.5


class Command(BaseCommand):
    """A worker process."""

    help = (
        "Run tasks until stopped. The first Ctrl-C or SIGTERM returns running tasks to the queue "
        "and exits; a second one exits at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to stay."""
        parser.add_argument(
            "--once", action="store_true", help="exit as soon as no task is waiting"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run tasks until stopped."""
        worker = Worker()
        stopped = threading.Event()
        signalled_at: list[float] = []

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            if signalled_at and time.monotonic() - signalled_at[0] > ECHO_SECONDS:
                os._exit(1)
            signalled_at.append(time.monotonic())
            stopped.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, on_signal)
        worker.start()
        self.stdout.write(f"Worker {worker.name} started. Stop with Ctrl-C.")
        self.stdout.flush()
        while not stopped.wait(IDLE_POLL_SECONDS):
            if options["once"] and worker.is_idle():
                break
        worker.stop()
        worker.join()

"""`manage.py watch`: follow videos in the terminal, over the same WebSocket as the pages."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from progress.cli import render
from progress.cli.client import Message, Refused, follow
from progress.cli.state import Board, Job
from vrewcraft import env

DRAW_SECONDS = 0.1
LINE_EVERY_PERCENT = 10
"""How often a line is printed of a running task where nothing can be redrawn."""
UP_AND_CLEAR = "\x1b[{}F\x1b[J"


class Command(BaseCommand):
    """A page in the terminal."""

    help = (
        "Follow the tasks of videos in the terminal, with a progress bar for each, on whichever "
        "machine they run. Without VIDEO: all your videos. Exit with Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to follow, and where."""
        parser.add_argument("videos", nargs="*", metavar="VIDEO", help="a video id")
        parser.add_argument("--url", default=_own_url(), help="the site (default: %(default)s)")
        parser.add_argument(
            "--token", help="an API token; default: VREWCRAFT_TOKEN, or the token of local mode"
        )
        parser.add_argument(
            "--until-done", action="store_true", help="exit once no task is running or waiting"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow until stopped."""
        self.board = Board()
        self.unheard = set(options["videos"] or ["*"])
        self.whom = ", ".join(options["videos"]) or "all your videos"
        self.height, self.drawn_at, self.is_lost = 0, 0.0, False
        self.said: dict[str, tuple[str, int]] = {}
        token = options["token"] or env.text("VREWCRAFT_TOKEN") or _local_token()
        url = options["url"].rstrip("/").replace("http", "ws", 1) + "/ws/"
        try:
            for message in follow(url, token, sorted(self.unheard), self._lost):
                self._take(message)
                if options["until_done"] and not self.unheard and not self.board.under_way:
                    break
            self._draw()
        except Refused as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self._draw()

    def _take(self, message: Message | None) -> None:
        if message is None:
            self._draw()
            return
        if message["type"] == "error" and not message["data"].get("taskId"):
            raise CommandError(f"{message['videoId']}: {message['data']['error']}")
        if message["type"] == "subscribed":
            self._heard(message["videoId"])
        changed = self.board.apply(message)
        if not self.stdout.isatty():
            self._print_changes()
        elif self._should_draw(changed):
            self._draw()

    def _heard(self, video_id: str) -> None:
        """Say once that all are followed, and whenever they are again."""
        if video_id in self.unheard and len(self.unheard) == 1:
            self.stdout.write(f"Following {self.whom}. Ctrl-C stops this command; tasks continue.")
            self.stdout.flush()
        elif self.is_lost:
            self.stderr.write("Connected again.")
        self.unheard.discard(video_id)
        self.is_lost = False

    def _should_draw(self, changed: str | None) -> bool:
        """Progress at most ten times a second, everything else at once."""
        if changed is None or self.board.jobs[changed].has_ended:
            return True
        return time.monotonic() - self.drawn_at > DRAW_SECONDS

    def _lost(self) -> None:
        self.height = 0
        if not self.is_lost:
            self.stderr.write("Connection lost; reconnecting. Tasks continue.")
        self.is_lost = True

    def _draw(self) -> None:
        """All bars anew, in the place of the last ones; what does not fit is left out above."""
        if not self.stdout.isatty():
            return
        columns, rows = shutil.get_terminal_size()
        jobs = list(self.board.jobs.values())[-(rows - 1) :]
        before = UP_AND_CLEAR.format(self.height) if self.height else ""
        lines = "".join(f"{render.line(job, columns - 1)}\n" for job in jobs)
        self.stdout.write(before + lines, ending="")
        self.stdout.flush()
        self.height, self.drawn_at = len(jobs), time.monotonic()

    def _print_changes(self) -> None:
        """Into a file or a pipe: a line for each new status and each tenth."""
        for job in self.board.jobs.values():
            step = (job.status, int(job.percent) // LINE_EVERY_PERCENT)
            if self.said.get(job.id) != step:
                self.said[job.id] = step
                self._print(job)

    def _print(self, job: Job) -> None:
        self.stdout.write(render.line(job, columns=1000))
        self.stdout.flush()


def _own_url() -> str:
    host = settings.VREWCRAFT_HOST
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{settings.VREWCRAFT_PORT}"


def _local_token() -> str:
    """The token that `serve` keeps beside the data in local mode."""
    path = Path(settings.VREWCRAFT_DATA_DIR) / "token"
    if settings.VREWCRAFT_MODE != "local" or not path.is_file():
        raise CommandError(
            "Pass a token with --token or VREWCRAFT_TOKEN; tokens are issued in the admin."
        )
    return path.read_text().strip()

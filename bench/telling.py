"""Edits on a server whose ffmpeg is tapped, heard by a real socket."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

from bench.heard import Moment, Run
from bench.matrix import Asked, Film, subtitles
from bench.tapped import Noted, Tap
from tests.servers.app import RunningServer
from tests.servers.live import Heard, Listener, Program

JOB_SECONDS = 600
ARRIVAL_SECONDS = 120
STORYBOARD = "storyboard"
KEY, VALUES = "machine, kind, size, magnitude", "starts, works, tails"
KEPT = 9  # as many measurements as videos.models.learned_cost keeps
Key = tuple[str, str, str, int]


class Teller:
    """Runs edits one at a time; `lags` are seconds from ffmpeg's report to the socket's message."""

    def __init__(self, server: RunningServer, program: Program, tap: Tap) -> None:
        self.server = server
        self.program = program
        self.lags: list[list[float]] = []
        self._tap = tap
        self._videos: dict[Film, str] = {}
        self._files: dict[Film, str] = {}
        self._learned: dict[Key, list[list[float]]] = {}

    def arrivals(self, films: Sequence[Film], *, forget: bool) -> list[Run]:
        """Upload every film, anew where it was before; the storyboards that come are runs too."""
        return [self._arrive(film, forget=forget) for film in films]

    def video(self, film: Film) -> str:
        """The id of a film's video."""
        return self._videos[film]

    def run(self, film: Film, asked: Asked, *, forget: bool) -> Run:
        """One edit from its claim to `complete`; `forget` what was learned before."""
        if forget:
            self._forget()
        params = dict(asked.params)
        if asked.subtitles:
            many = asked.operation == "mux_subtitles"
            params["subtitles"] = [self._file(film)] if many else self._file(film)
        with Listener(self.server, self.video(film)) as listener:
            answer = self.program.edit(asked.operation, self.video(film), **params)
            task_id = answer["taskId"]
            complete = listener.wait("complete", seconds=JOB_SECONDS, taskId=task_id)
            said = listener.of_task(task_id)
        return self._run(f"{film.title} {asked.title}", film, task_id, said, complete.at)

    def remember(self) -> None:
        """Put back all that was learned and forgotten on the way."""
        self._forget()
        rows = [
            (*key, *(json.dumps(values[-KEPT:]) for values in learned))
            for key, learned in self._learned.items()
        ]
        with self._database() as database:
            database.executemany(
                f"insert into videos_speed ({KEY}, {VALUES}, updated_at) "
                "values (?, ?, ?, ?, ?, ?, ?, datetime('now'))",
                rows,
            )

    def claimed_at(self, task_id: str) -> float:
        """When a worker took a task, seconds since 1970."""
        wanted = "select started_at from videos_attempt where task_id = ? order by number"
        with self._database() as database:
            (text,) = database.execute(wanted, [task_id.replace("-", "")]).fetchone()
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()

    def _arrive(self, film: Film, *, forget: bool) -> Run:
        if forget:
            self._forget()
        self._files.pop(film, None)
        with Listener(self.server, "*") as listener:
            video_id = self._videos[film] = self.program.upload(film.path)
            board: dict[str, Any] = {"operation": STORYBOARD, "status": "complete"}
            done = listener.wait("task", video_id=video_id, seconds=ARRIVAL_SECONDS, **board)
            said = listener.of_task(done.data["id"])
        self.program.ready(video_id)
        title = f"{film.title} {STORYBOARD}"
        return self._run(title, film, done.data["id"], said, done.at)

    def _file(self, film: Film) -> str:
        if film not in self._files:
            url = f"/api/videos/{self.video(film)}/subtitles"
            files = {"subtitles": ("lines.srt", subtitles(film))}
            answer = self.program.http.post(url, files=files).raise_for_status()
            self._files[film] = answer.json()["subtitlesId"]
        return self._files[film]

    def _run(
        self, title: str, film: Film, task_id: str, said: Sequence[Heard], completed: float
    ) -> Run:
        claimed = self.claimed_at(task_id)
        moments = tuple(_moment(item) for item in said if _is_progress(item))
        noted = self._tap.noted(claimed, completed)
        self.lags.append(list(_lags(noted, moments)))
        return Run(
            title=title,
            claimed=claimed,
            completed=completed,
            moments=moments,
            said=tuple(_others(noted, film.seconds)),
            hundred_last=moments[-1].percent == 100,
        )

    def _forget(self) -> None:
        with self._database() as database:
            for row in database.execute(f"select {KEY}, {VALUES} from videos_speed"):
                learned = self._learned.setdefault(row[:4], [[], [], []])
                for values, more in zip(learned, row[4:], strict=True):
                    values.extend(json.loads(more))
            database.execute("delete from videos_speed")

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        path = self.server.data_dir / "db.sqlite3"
        with closing(sqlite3.connect(path, timeout=30)) as database, database:
            yield database


def _is_progress(item: Heard) -> bool:
    """What shows how far a task is: `progress`, and `task` of what nobody asked for."""
    running = item.data.get("status") in ("processing", "complete")
    return item.type == "progress" or (item.type == "task" and running)


def _moment(item: Heard) -> Moment:
    data = item.data
    percent = data["percent"] if item.type == "progress" else data["progress"]
    done = (data.get("doneSeconds"), data.get("doneBytes"))
    return Moment(item.at, percent, data.get("etaSeconds"), done)


def _others(noted: Sequence[Noted], seconds: float) -> Iterator[tuple[float, float]]:
    """As fluent-ffmpeg has it: the media time over the length of the input."""
    for item in noted:
        yield item.at, min(100.0, max(0.0, item.out_time_us / 1e6 / seconds * 100))


def _lags(noted: Sequence[Noted], moments: Sequence[Moment]) -> Iterator[float]:
    """From the report that a message tells of to the message."""
    first: dict[int, float] = {}
    for item in noted:
        first.setdefault(item.out_time_us, item.at)
    told = set()
    for moment in moments:
        seconds = moment.done[0]
        key = None if seconds is None else round(seconds * 1e6)
        if key and key in first and key not in told:
            told.add(key)
            yield moment.at - first[key]

"""Runs of the matrix: their messages, and what ffmpeg reported at what time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.harness.workbench import Recording, Workbench
from bench.truth.accuracy import FfmpegReport, Progress, Run
from bench.truth.films import Film, edits, subtitles
from tests.servers.live import Received
from videos.media.ffmpeg.command import ffmpeg_path

KEY, VALUES = "machine, kind, size, magnitude", "starts, works, tails"
KEPT = 9  # as many measurements as the product keeps
Key = tuple[str, str, str, int]


class FfmpegLog:
    """An ffmpeg that notes its reports; `program` is what VREWCRAFT_FFMPEG is set to."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "ffmpeg-times.log"
        self.program = folder / "ffmpeg-with-times"
        script = Path(__file__).with_name("ffmpeg_with_times.py")
        self.program.write_text(
            "#!/bin/sh\n"
            f"BENCH_FFMPEG_LOG='{self._log}' BENCH_FFMPEG='{ffmpeg_path()}' "
            f"exec '{sys.executable}' -I -S '{script}' \"$@\"\n"
        )
        self.program.chmod(0o755)

    def reports(self, since: float, until: float) -> tuple[FfmpegReport, ...]:
        """Those printed between two times; a start without a media time yet is left out."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        pairs = [line.split() for line in lines]
        return tuple(
            FfmpegReport(float(at), int(media_time))
            for at, media_time in pairs
            if since <= float(at) <= until and media_time.lstrip("-").isdigit()
        )


class Recorder:
    """Runs films and edits one at a time, cold (with nothing learned before) or warm."""

    def __init__(self, bench: Workbench, log: FfmpegLog) -> None:
        self._bench = bench
        self._log = log
        self._learned: dict[Key, list[list[float]]] = {}
        self.video_ids: dict[Film, str] = {}

    def run_all(self, films: Sequence[Film], *, cold: bool) -> Iterator[Run]:
        """Every film arrives, which makes its storyboard; then every edit of it."""
        for film in films:
            if cold:
                self._forget()
            self.video_ids[film], recording = self._bench.upload(film.path)
            yield self._measured(film, "storyboard", recording)
        for film in films:
            video_id = self.video_ids[film]
            subtitles_id = self._bench.attach(video_id, "lines.srt", subtitles(film))
            for title, (operation, params) in edits(film, subtitles_id).items():
                if cold:
                    self._forget()
                recording = self._bench.edit(video_id, operation, params)
                yield self._measured(film, title, recording)

    def recall(self) -> None:
        """Put back all that was learned and forgotten on the way."""
        self._forget()
        rows = [
            (*key, *(json.dumps(values[-KEPT:]) for values in learned))
            for key, learned in self._learned.items()
        ]
        insert = (
            f"insert into videos_speed ({KEY}, {VALUES}, updated_at) "
            "values (?, ?, ?, ?, ?, ?, ?, datetime('now'))"
        )
        with self._bench.database() as database:
            database.executemany(insert, rows)

    def _measured(self, film: Film, what: str, recording: Recording) -> Run:
        return Run(
            title=f"{film.title} {what}",
            claimed=recording.claimed,
            completed=recording.completed,
            messages=tuple(_progress(each) for each in recording.messages if _shows_progress(each)),
            reports=self._log.reports(recording.claimed, recording.completed),
            input_seconds=film.seconds,
        )

    def _forget(self) -> None:
        with self._bench.database() as database:
            for row in database.execute(f"select {KEY}, {VALUES} from videos_speed"):
                learned = self._learned.setdefault(row[:4], [[], [], []])
                for values, more in zip(learned, row[4:], strict=True):
                    values.extend(json.loads(more))
            database.execute("delete from videos_speed")


def _shows_progress(message: Received) -> bool:
    """`progress`, and `task` of what nobody requested."""
    running = message.data.get("status") in ("processing", "complete")
    return message.type == "progress" or (message.type == "task" and running)


def _progress(message: Received) -> Progress:
    data = message.data
    percent = data["percent"] if message.type == "progress" else data["progress"]
    done = (data.get("doneSeconds"), data.get("doneBytes"))
    return Progress(message.at, percent, data.get("etaSeconds"), done)

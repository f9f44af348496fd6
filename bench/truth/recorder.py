"""Runs of the matrix: their messages, and what ffmpeg reported at what time."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.harness.workbench import Recording, Workbench
from bench.truth.accuracy import Progress, Report, Run
from bench.truth.films import Edit, Film, subtitles
from tests.servers.live import Heard
from videos.ffmpeg.args import ffmpeg_path

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

    def reports(self, since: float, until: float) -> tuple[Report, ...]:
        """Those printed between two times; a start without a media time yet is left out."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        pairs = [line.split() for line in lines]
        return tuple(
            Report(float(at), int(media_time))
            for at, media_time in pairs
            if since <= float(at) <= until and media_time.lstrip("-").isdigit()
        )


class Recorder:
    """Runs edits one at a time on a server that starts with nothing learned."""

    def __init__(self, bench: Workbench, log: FfmpegLog) -> None:
        self.bench = bench
        self._log = log
        self._videos: dict[Film, str] = {}
        self._subtitles: dict[Film, str] = {}
        self._learned: dict[Key, list[list[float]]] = {}

    def arrivals(self, films: Sequence[Film], *, cold: bool) -> list[Run]:
        """Upload every film, anew where it was before; the storyboards that come are runs too."""
        return [self._arrive(film, cold=cold) for film in films]

    def video(self, film: Film) -> str:
        """The id of a film's video."""
        return self._videos[film]

    def run(self, film: Film, edit: Edit, *, cold: bool) -> Run:
        """One edit; `cold`: with nothing learned before."""
        if cold:
            self._forget()
        params = dict(edit.params)
        if edit.subtitles:
            file_id = self._subtitle_file(film)
            params["subtitles"] = [file_id] if edit.operation == "mux_subtitles" else file_id
        recording = self.bench.edit(self.video(film), edit.operation, params)
        return self._measured(edit.title, film, recording)

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
        with self.bench.database() as database:
            database.executemany(insert, rows)

    def _arrive(self, film: Film, *, cold: bool) -> Run:
        if cold:
            self._forget()
        self._subtitles.pop(film, None)
        self._videos[film], recording = self.bench.upload(film.path)
        return self._measured("storyboard", film, recording)

    def _subtitle_file(self, film: Film) -> str:
        if film not in self._subtitles:
            file_id = self.bench.attach(self.video(film), "lines.srt", subtitles(film))
            self._subtitles[film] = file_id
        return self._subtitles[film]

    def _measured(self, what: str, film: Film, recording: Recording) -> Run:
        return Run(
            title=f"{film.title} {what}",
            claimed=recording.claimed,
            completed=recording.completed,
            messages=tuple(_progress(each) for each in recording.messages if _shows_progress(each)),
            reports=self._log.reports(recording.claimed, recording.completed),
            input_seconds=film.seconds,
        )

    def _forget(self) -> None:
        with self.bench.database() as database:
            for row in database.execute(f"select {KEY}, {VALUES} from videos_speed"):
                learned = self._learned.setdefault(row[:4], [[], [], []])
                for values, more in zip(learned, row[4:], strict=True):
                    values.extend(json.loads(more))
            database.execute("delete from videos_speed")


def _shows_progress(message: Heard) -> bool:
    """`progress`, and `task` of what nobody requested."""
    running = message.data.get("status") in ("processing", "complete")
    return message.type == "progress" or (message.type == "task" and running)


def _progress(message: Heard) -> Progress:
    data = message.data
    percent = data["percent"] if message.type == "progress" else data["progress"]
    done = (data.get("doneSeconds"), data.get("doneBytes"))
    return Progress(message.at, percent, data.get("etaSeconds"), done)

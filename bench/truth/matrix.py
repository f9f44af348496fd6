"""The films and edits over which truth is measured, and what is recorded of each run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.harness.workbench import ENCODER, Recording, Workbench, drawn
from bench.truth.accuracy import Message, Run
from tests.clips import bunny
from tests.media import ffmpeg
from tests.servers.live import Received
from videos.media.ffmpeg.command import ffmpeg_path

LENGTHS = (2, 30, 180)
SIZES = ("640x360", "1280x720")
CUE_EVERY, CUE_SHOWN = 4, 2
KEY, VALUES = "machine, kind, size, magnitude", "starts, works, tails"
KEPT = 9  # as many measurements as the product keeps


class Film(NamedTuple):
    """One source of the matrix."""

    path: Path
    title: str
    seconds: int


def films(folder: Path, lengths: Sequence[int]) -> Iterator[Film]:
    """All of them, made one after the other: a film that repeats, and a drawn one."""
    for content, make in (("real", _filmed), ("synthetic", drawn)):
        for size in SIZES:
            for seconds in lengths:
                path = make(folder / f"{content}-{size}-{seconds}.mp4", size, seconds)
                yield Film(path, f"{content} {size.partition('x')[2]}p {seconds} s", seconds)


def _filmed(path: Path, size: str, seconds: int) -> Path:
    """A camera-like film with sound, repeated as often as needed; a keyframe every 50 frames."""
    film = ("-stream_loop", "-1", "-i", bunny(), "-vf", f"scale={size.replace('x', ':')}")
    ffmpeg(*film, "-t", str(seconds), *ENCODER, "-g", "50", path)
    return path


def half(film: Film) -> dict[str, Any]:
    """An exact cut of the middle half."""
    return {"startTime": film.seconds / 4, "endTime": film.seconds * 3 / 4, "mode": "exact"}


def whole(film: Film) -> dict[str, Any]:
    """A new encode of everything."""
    return {"startTime": 0, "endTime": film.seconds, "mode": "exact"}


def _edits(film: Film, subtitles_id: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Everything that is done to a film: operation and params by title."""
    return {
        "trim fast": ("trim", {**half(film), "mode": "fast"}),
        "trim exact": ("trim", half(film)),
        "re-encode": ("trim", whole(film)),
        "burn": ("burn_subtitles", {"subtitles": subtitles_id}),
        "attach": ("mux_subtitles", {"subtitles": [subtitles_id]}),
        "10 thumbnails": ("thumbnails", {"count": 10, "width": 320}),
    }


def _subtitles(film: Film) -> bytes:
    """A Korean line every four seconds."""
    cues = [
        f"{n}\n{_time(start)} --> {_time(start + CUE_SHOWN)}\n자막 {n}\n"
        for n, start in enumerate(range(0, film.seconds, CUE_EVERY), start=1)
    ]
    return "\n".join(cues).encode()


def _time(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02},000"


class FfmpegLog:
    """An ffmpeg that notes its reports; `program` is what VREWCRAFT_FFMPEG is set to."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "ffmpeg-times.log"
        self.program = folder / "ffmpeg-with-times"
        script = Path(__file__).with_name("ffmpeg_with_times.py")
        words = (sys.executable, "-I", "-S", script, self._log, ffmpeg_path())
        quoted = " ".join(f"'{word}'" for word in words)
        self.program.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n')
        self.program.chmod(0o755)

    def reports(self, since: float, until: float) -> list[tuple[float, int]]:
        """Those printed between two times; a start without a media time yet is left out."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [
            (float(at), int(media_time))
            for at, media_time in map(str.split, lines)
            if since <= float(at) <= until and media_time.lstrip("-").isdigit()
        ]


class Recorder:
    """Runs films and edits one at a time, cold (with nothing learned before) or warm."""

    def __init__(self, bench: Workbench, log: FfmpegLog) -> None:
        self._bench = bench
        self._log = log
        self._learned: dict[tuple[str, str, str, int], list[list[float]]] = {}
        self.video_ids: dict[Film, str] = {}

    def run_all(self, films: Sequence[Film], *, cold: bool) -> Iterator[Run]:
        """Every film arrives, which makes its storyboard; then every edit of it."""
        for film in films:
            if cold:
                self._forget()
            self.video_ids[film], recording = self._bench.record_upload(film.path)
            yield self._run(film, "storyboard", recording)
        for film, video_id in self.video_ids.items():
            subtitles_id = self._bench.attach(video_id, "lines.srt", _subtitles(film))
            for title, (operation, params) in _edits(film, subtitles_id).items():
                if cold:
                    self._forget()
                recording = self._bench.record_edit(video_id, operation, params)
                yield self._run(film, title, recording)

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

    def _forget(self) -> None:
        with self._bench.database() as database:
            for row in database.execute(f"select {KEY}, {VALUES} from videos_speed"):
                learned = self._learned.setdefault(row[:4], [[], [], []])
                for values, more in zip(learned, row[4:], strict=True):
                    values.extend(json.loads(more))
            database.execute("delete from videos_speed")

    def _run(self, film: Film, what: str, recording: Recording) -> Run:
        return Run(
            title=f"{film.title} {what}",
            claimed=recording.claimed,
            completed=recording.completed,
            messages=[_message(each) for each in recording.messages if _shows_progress(each)],
            reports=self._log.reports(recording.claimed, recording.completed),
            input_seconds=film.seconds,
        )


def _shows_progress(received: Received) -> bool:
    """`progress`, and `task` of what nobody requested."""
    is_running = received.data.get("status") in ("processing", "complete")
    return received.type == "progress" or (received.type == "task" and is_running)


def _message(received: Received) -> Message:
    data = received.data
    percent = data["percent"] if received.type == "progress" else data["progress"]
    done = (data.get("doneSeconds"), data.get("doneBytes"))
    return Message(received.at, percent, data.get("etaSeconds"), done)

"""Whether cuts are exact, and what they cost. `make bench-cuts`; LONG=1 makes 240 exports."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vrewcraft.settings")
django.setup()

from bench.cuts import clips, exporting, long_films  # noqa: E402
from bench.cuts.checker import check  # noqa: E402
from bench.cuts.exporting import Used, export  # noqa: E402
from bench.cuts.random_exports import clips_in, random_exports  # noqa: E402
from bench.harness.figures import Report, run_sections  # noqa: E402
from videos.media.cutting import piece_file  # noqa: E402
from videos.media.jobs.child import ROOT  # noqa: E402
from videos.media.subtitles.writing import Style  # noqa: E402
from videos.operations import cuts  # noqa: E402
from videos.operations.base import SubtitleSource  # noqa: E402
from videos.operations.cuts import Burn, Cut, Naming  # noqa: E402

EXPORTS = 240 if os.environ.get("LONG") else 80
SEED = int(os.environ.get("SEED", "1"))
MORE_CLIPS = os.environ.get("CLIPS", "")
SMARTCUT = "smartcut==1.7"
RUNS = 3
MIB = 1024**2
NAL = ("h264", "hevc")
KILLS, RESUMED_EXPORTS = 100, 30


def exactness(folder: Path, report: Report) -> None:
    """Random exports of many clips, each held by a checker that shares nothing with the product."""
    clips.main([str(folder / "clips"), *(["--media", MORE_CLIPS] if MORE_CLIPS else [])])
    found = clips_in(folder / "clips")
    report.at_least("clips", len(found), 24)
    wrong, whole, reasons = 0, 0, Counter[str]()
    for each in random_exports(found, EXPORTS, SEED):
        work = folder / str(each.number)
        try:
            made = export(each.clip, each.segments, work)
            violations = [*map(str, check(each.clip, made.path, each.segments).violations)]
        except (RuntimeError, ValueError) as error:
            violations = [str(error)]
        if violations:
            wrong += 1
            print(f"    WRONG {each}: {violations[0]}", flush=True)
        reason = _why_whole(each.clip, each.segments)
        if reason:
            whole += 1
            reasons[f"{each.clip.name} ({reason})"] += 1
        shutil.rmtree(work, ignore_errors=True)
    report.at_most(f"wrong of {EXPORTS} exports", wrong, 0)
    report.at_most("H.264 and HEVC encoded whole", 100 * whole / EXPORTS, 2, "%")
    report.note("those", ", ".join(sorted(reasons)) or "none")


def _why_whole(clip: Path, segments: Sequence[tuple[float, float]]) -> str:
    """Why an H.264 or HEVC film with entries every 10 s or less was encoded whole."""
    source = exporting.source_of(clip)
    result = cuts.result_of(source, Cut(segments=tuple(segments)))
    if result is None or result.films[0].film.codec not in NAL:
        return ""
    film = result.films[0].film
    entries = [film.times[entry] * film.tick for entry in film.entries]
    ends = [*entries[1:], film.times[film.order[-1]] * film.tick]
    far = max((b - a for a, b in zip(entries, ends, strict=True)), default=99)
    return result.films[0].plan.why_encoded if far <= 10 else ""


def cost(folder: Path, report: Report) -> None:
    """CPU beside another cutter and beside an encode of everything, by turns in one run."""
    film = long_films.film(folder / "film.mp4", seconds=600, keyframe_every=2)
    smartcut = _smartcut()
    encode_second = _cpu_of_whole(film, folder) / 60
    for seconds, less in ((30, 8.0), (530, 80.0)):
        start = 33.3
        ours, task, theirs = _in_turns(film, folder, [(start, start + seconds)], smartcut)
        report.at_most(f"{seconds} s: cutter / {SMARTCUT}", ours / theirs, 0.6)
        report.at_most(f"{seconds} s: whole task / {SMARTCUT}", task / theirs, 1.0)
        report.at_least(f"{seconds} s: whole encode / task", encode_second * seconds / task, less)
        report.note(f"{seconds} s: CPU of task, {SMARTCUT}", f"{task:.2f}, {theirs:.2f}", "s")
    for length, less in ((20, 6.0), (4, 1.2)):
        segments = [(10.3 + 28 * n, 10.3 + 28 * n + length) for n in range(20)]
        task = _task_cpu(film, folder, segments)
        ratio = encode_second * 20 * length / task
        report.at_least(f"20 segments of {length} s: whole encode / task", ratio, less)
    sparse = long_films.film(folder / "sparse.mp4", seconds=600, keyframe_every=10)
    second = _cpu_of_whole(sparse, folder) / 60
    segments = [(13.3 + 28 * n, 17.3 + 28 * n) for n in range(20)]
    task = _task_cpu(sparse, folder, segments)
    report.at_most(
        "20 of 4 s, entries every 10 s: task - 1 s / encode", (task - 1) / (second * 80), 1.2
    )


def memory_and_bytes(folder: Path, report: Report) -> None:
    """One hour, about 2 GB: memory of each child, and what is read and written."""
    film = long_films.film(folder / "hour.mp4", seconds=3600, keyframe_every=2)
    report.note("film", film.stat().st_size / MIB, "MiB")
    made = export(film, [(100.3, 3500.7)], folder / "long")
    size = made.path.stat().st_size
    report.at_most("memory of a child", made.task.memory / MIB, 350, "MiB")
    report.at_most("bytes read / output", made.task.read / size, 2.1)
    report.at_most("bytes written / output", made.task.written / size, 1.05)


def sparse_burn(folder: Path, report: Report) -> None:
    """Cues over a tenth of ten minutes."""
    film = long_films.film(folder / "film.mp4", seconds=600, keyframe_every=2)
    text = "\n\n".join(
        f"{n}\n{_clock(60 * n)} --> {_clock(60 * n + 6)}\nCaption {n}" for n in range(10)
    )
    file = folder / "cues.srt"
    file.write_text(text)
    subtitles = SubtitleSource("1", "cues.srt", file, "srt", "utf-8", "eng", read=file.read_bytes)
    style = Style(width=1920, height=1080, size=60, colour="#ffffff", outline=3, position="bottom")
    made = export(film, (), folder / "burn", burn=Burn(subtitles, style))
    whole = 10 * _cpu_of_whole(film, folder)
    report.at_most("sparse burn / whole encode", made.cutter.cpu / whole, 0.25)


def resume(folder: Path, report: Report) -> None:
    """Children killed at random moments: what is encoded twice, and what the results are."""
    film = long_films.encoded_whole(folder / "film.mp4", seconds=300, height=1080)
    chance, twice, done, kills = random.Random(SEED), list[float](), 0, 0
    for number in range(RESUMED_EXPORTS):
        start = 5.3 + 7 * number
        left = KILLS * (number + 1) // RESUMED_EXPORTS - kills
        lost, complete = _killed(film, folder / str(number), start, left, chance)
        twice += lost
        kills += left
        done += complete
        shutil.rmtree(folder / str(number), ignore_errors=True)
    report.at_least(f"complete after {kills} kills of {RESUMED_EXPORTS}", done, RESUMED_EXPORTS)
    report.at_most("media encoded twice, median", median(twice), 15, "s")


def _killed(
    film: Path, folder: Path, start: float, kills: int, chance: random.Random
) -> tuple[list[float], bool]:
    """Kill the encoding so often, then let it end; seconds of media lost each time."""
    work = folder / "1"
    work.mkdir(parents=True)
    cut = Cut(segments=((start, start + 60),))
    plan = cuts.build(exporting.source_of(film), cut, Naming("export"), work)
    for name, content in plan.files.items():
        (work / name).write_bytes(content)
    encode, join = plan.steps
    lost = []
    for _ in range(kills):
        before = _encoded_seconds(folder / "pieces")
        reached = _run_and_kill(encode.argv, work, chance.uniform(1.0, 5.0))
        kept = _encoded_seconds(folder / "pieces") - before
        lost.append(max(0.0, reached / 25 - before - kept))
    exporting.run(encode.argv, work)
    exporting.run(join.argv, work)
    report = check(film, plan.artifacts[0].path, [(start, start + 60)])
    return lost, not report.violations


def _run_and_kill(argv: Sequence[str], folder: Path, seconds: float) -> int:
    """How many pictures it said were done when it was killed."""
    process = subprocess.Popen(
        argv,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    frames = [int(line[6:]) for line in said.decode().splitlines() if line.startswith("frame=")]
    return frames[-1] if frames else 0


def _encoded_seconds(pieces: Path) -> float:
    whole = (path for path in pieces.glob("*.piece") if piece_file.is_whole(path))
    return sum(len(piece_file.read_head(path).times) for path in whole) / 25


def long_encode(folder: Path, report: Report) -> None:
    """Five minutes of 720p that must be encoded: in pieces, and by one ffmpeg."""
    film = long_films.encoded_whole(folder / "film.mp4", seconds=300, height=720)
    ratios = []
    for number in range(2):
        began = time.monotonic()
        export(film, [(0.5, 300)], folder / f"ours{number}")
        ours = time.monotonic() - began
        began = time.monotonic()
        exporting.run(long_films.whole_encode(film, folder / "theirs.mp4", 0.5, 299.5), folder)
        ratios.append(ours / (time.monotonic() - began))
    report.at_most("wall time in pieces / one ffmpeg", median(ratios), 1.1)


def _in_turns(
    film: Path, folder: Path, segments: Sequence[tuple[float, float]], smartcut: Path
) -> tuple[float, float, float]:
    """Median CPU seconds of our cutter, of our whole task, and of the other program."""
    ours, task, theirs = list[float](), list[float](), list[float]()
    keep = ",".join(f"{start},{end}" for start, end in segments)
    for number in range(RUNS):
        made = export(film, segments, folder / f"turn{number}")
        ours.append(made.cutter.cpu)
        task.append(made.task.cpu)
        shutil.rmtree(folder / f"turn{number}")
        used = exporting.run([str(smartcut), str(film), "theirs.mp4", "-k", keep], folder)
        theirs.append(used.cpu)
    return median(ours), median(task), median(theirs)


def _task_cpu(film: Path, folder: Path, segments: Sequence[tuple[float, float]]) -> float:
    made = export(film, segments, folder / "many")
    shutil.rmtree(folder / "many")
    return made.task.cpu


def _cpu_of_whole(film: Path, folder: Path) -> float:
    """CPU seconds of encoding one minute."""
    used: Used = exporting.run(long_films.whole_encode(film, folder / "whole.mp4", 60, 60), folder)
    return used.cpu


def _smartcut() -> Path:
    """The other program in an environment of its own, since it needs another PyAV."""
    folder = Path(".cache/smartcut")
    program = (folder / "bin/smartcut").absolute()
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin/pip", "install", "-q", SMARTCUT], check=True)
    return program


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},000"


SECTIONS: dict[str, Callable[[Path, Report], None]] = {
    "exactness": exactness,
    "cost": cost,
    "memory": memory_and_bytes,
    "burn": sparse_burn,
    "resume": resume,
    "long": long_encode,
}

if __name__ == "__main__":
    sys.exit(run_sections(SECTIONS, sys.argv[1:]))

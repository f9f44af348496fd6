"""Whether bar and time left tell the truth, over a matrix of edits. `make bench-truth`.

Every run is received by a real socket, cold (nothing learned) and warm. Beside it stands what the
usual formula would have said of the same reports (fluent-ffmpeg: media time written / length of the
input, https://github.com/fluent-ffmpeg/node-fluent-ffmpeg).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from math import nan
from pathlib import Path
from statistics import median

from bench.harness.figures import Report, percentile, run_sections
from bench.harness.workbench import workbench
from bench.truth.accuracy import Run, drawing
from bench.truth.matrix import LENGTHS, FfmpegLog, Recorder, films
from bench.truth.single_figures import overhead, rise_while_stopped, starts_in_error

PLOT = Path(__file__).parents[2] / "docs" / "progress-truth.svg"
PLOTTED = "trim exact"
"""The edit for which the usual formula is most wrong."""


def measure(lengths: Sequence[int], folder: Path, report: Report) -> None:
    """The matrix cold and warm, then what is measured once."""
    matrix = list(films(folder, lengths))
    longest = max(matrix, key=lambda film: film.seconds)
    log = FfmpegLog(folder)
    with workbench(folder / "data", {"VREWCRAFT_FFMPEG": str(log.program)}) as bench:
        recorder = Recorder(bench, log)
        cold = print_runs("cold", recorder.run_all(matrix, cold=True))
        recorder.recall()
        warm = print_runs("warm", recorder.run_all(matrix, cold=False))
        report_bars(report, cold, warm)
        video_id = recorder.video_ids[longest]
        with report.measuring("rise while stopped"):
            rise = rise_while_stopped(bench, video_id, longest)
            report.at_most("rise while stopped", rise, 1.0, "points")
        with report.measuring("starts in"):
            off = 100 * starts_in_error(bench, video_id, longest)
            report.at_most('"starts in" off', off, 25, "%")
    with workbench(folder / "plain") as bench, report.measuring("overhead"):
        bare, more = overhead(bench, min(matrix, key=lambda film: abs(film.seconds - 30)))
        report.at_most("task longer than its command", more, max(0.6, 0.03 * bare), "s")
    plotted = (run for run in warm if PLOTTED in run.title)
    PLOT.write_text(drawing(max(plotted, key=lambda run: run.seconds)))


def print_runs(state: str, runs: Iterator[Run]) -> list[Run]:
    """One printed line each, as they end."""
    print(f"\n{state:<44}{'s':>7}{'error':>7}{'usual':>7}{'silent':>8}{'at 99':>7}  time left off")
    every = []
    for run in runs:
        usual = f"{run.bar_error(run.usual_bar):.1f}" if run.reports else "-"
        print(
            f"{run.title:<44}{run.seconds:>7.2f}{run.bar_error(run.bar):>7.1f}{usual:>7}"
            f"{run.silence:>8.2f}{run.at_99:>7.2f}  "
            + " ".join(f"{100 * error:.0f}%" for error in run.eta_errors),
            flush=True,
        )
        every.append(run)
    return every


def report_bars(report: Report, cold: Sequence[Run], warm: Sequence[Run]) -> None:
    """The figures of all runs; bars and times left of those that last for 3 s and more."""
    every = [*cold, *warm]
    usual = [run.bar_error(run.usual_bar) for run in every if run.is_long and run.reports]
    print()
    report.note("runs", len(every))
    report.note("the usual formula is off by", _median(usual), "points")
    disorderly = sum(not run.is_orderly for run in every)
    report.at_most("runs whose percent falls or does not end at 100", disorderly, 0)
    errors: list[float] = []
    for state, runs, most, most_eta in (("cold", cold, 6, 15), ("warm", warm, 3, 8)):
        long = [run for run in runs if run.is_long]
        errors += (means := [run.bar_error(run.bar) for run in long])
        report.at_most(f"bar off {state}, median of means", _median(means), most, "points")
        eta = 100 * _median([off for run in long for off in run.eta_errors])
        report.at_most(f"time left off {state}", eta, most_eta, "%")
    report.at_most("worst bar off", max(errors, default=nan), 10, "points")
    report.at_most("silent", max(run.silence for run in every), 1.0, "s")
    too_long = sum(run.at_99 > max(0.3, 0.03 * run.seconds) for run in every)
    report.at_most("too long at 99 %", too_long, 0)
    first = 1000 * max(run.messages[0].at - run.claimed for run in every)
    report.at_most("claim to first event", first, 150, "ms")
    delays = [1000 * delay for run in every for delay in run.delays]
    report.at_most("ffmpeg's report to socket, p95", percentile(delays, 0.95), 300, "ms")
    report.at_most("p99", percentile(delays, 0.99), 500, "ms")


def _median(values: Sequence[float]) -> float:
    """NaN where there is nothing to measure."""
    return median(values) if values else nan


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench.truth", description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS, help="seconds")
    sys.exit(run_sections({"truth": partial(measure, parser.parse_args().lengths)}))

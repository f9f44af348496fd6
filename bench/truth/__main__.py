"""Whether bar and time left tell the truth, over a matrix of edits. `make bench-truth`.

Every run is received by a real socket, cold (nothing learned) and warm. Beside it stands what the
usual formula would have said of the same reports (fluent-ffmpeg: media time written / length of the
input, https://github.com/fluent-ffmpeg/node-fluent-ffmpeg).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from math import nan
from pathlib import Path
from statistics import median

from bench.harness.figures import Report, percentile
from bench.harness.workbench import workbench
from bench.truth import films, plot
from bench.truth.accuracy import Run
from bench.truth.recorder import FfmpegLog, Recorder
from bench.truth.single_figures import overhead, rise_while_stopped, starts_in_error

PLOT = Path(__file__).parents[2] / "docs" / "progress-truth.svg"
PLOTTED = "trim exact"
"""The edit for which the usual formula is most wrong."""


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="bench.truth", description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=films.LENGTHS, help="seconds")
    lengths = parser.parse_args().lengths
    report = Report()
    with tempfile.TemporaryDirectory(prefix="vrewcraft-truth-") as name, report.measuring("all"):
        measure(Path(name), lengths, report)
    return report.finish()


def measure(folder: Path, lengths: Sequence[int], report: Report) -> None:
    """The matrix cold and warm, then what is measured once."""
    matrix = list(films.films(folder, lengths))
    log = FfmpegLog(folder)
    with workbench(folder / "data", {"VREWCRAFT_FFMPEG": str(log.program)}) as bench:
        recorder = Recorder(bench, log)
        cold = print_runs("cold", recorder.run_all(matrix, cold=True))
        recorder.recall()
        warm = print_runs("warm", recorder.run_all(matrix, cold=False))
        report_bars(report, cold, warm)
        longest = max(matrix, key=lambda film: film.seconds)
        video_id = recorder.video_ids[longest]
        with report.measuring("rise while stopped"):
            rise = rise_while_stopped(bench, video_id, longest)
            report.at_most("rise while stopped", rise, 1.0, "points")
        with report.measuring("starts in"):
            off = 100 * starts_in_error(bench, video_id, longest)
            report.at_most('"starts in" off', off, 25, "%")
    with workbench(folder / "plain") as bench, report.measuring("overhead"):
        cost = overhead(bench, min(matrix, key=lambda film: abs(film.seconds - 30)))
        report.at_most("task longer than its command", cost.more, max(0.6, 0.03 * cost.bare), "s")
    plotted = (run for run in warm if PLOTTED in run.title)
    PLOT.write_text(plot.svg(max(plotted, key=lambda run: run.seconds)))


def print_runs(state: str, runs: Iterator[Run]) -> list[Run]:
    """One printed line each, as they end."""
    print(
        f"\n{state:<44}{'s':>7}{'orderly':>9}{'error':>7}{'silent':>8}"
        f"{'at 99':>7}{'ETA off at 25/50/75 %':>24}{'usual':>8}{'ends at':>9}"
    )
    every = []
    for run in runs:
        etas = " ".join(f"{100 * error:.0f}%" for error in run.eta_errors) or "-"
        usual = f"{run.bar_error(run.usual_bar):.1f}" if run.reports else "-"
        end = f"{run.usual_bar[-1][1]:.0f} %" if run.reports else "-"
        print(
            f"{run.title:<44}{run.seconds:>7.2f}{'yes' if run.is_orderly else 'NO':>9}"
            f"{run.bar_error(run.bar):>7.1f}{run.silence:>8.2f}{run.at_99:>7.2f}"
            f"{etas:>24}{usual:>8}{end:>9}",
            flush=True,
        )
        every.append(run)
    return every


def report_bars(report: Report, cold: Sequence[Run], warm: Sequence[Run]) -> None:
    """The figures of all runs; bars and times left of those that last for 3 s and more."""
    every = [*cold, *warm]
    errors = {id(run): run.bar_error(run.bar) for run in every if run.is_long}
    usual = [run.bar_error(run.usual_bar) for run in every if run.is_long and run.reports]
    delays = [1000 * delay for run in every for delay in run.delays]
    print()
    report.note("runs", len(every))
    report.note("the usual formula is off by", _median(usual), "points")
    disorderly = sum(not run.is_orderly for run in every)
    report.at_most("runs whose percent falls or does not end at 100", disorderly, 0)
    for state, runs, most, most_eta in (("cold", cold, 6, 15), ("warm", warm, 3, 8)):
        mean = _median([errors[id(run)] for run in runs if run.is_long])
        report.at_most(f"bar off {state}, median of means", mean, most, "points")
        eta = 100 * _median([off for run in runs if run.is_long for off in run.eta_errors])
        report.at_most(f"time left off {state}", eta, most_eta, "%")
    report.at_most("worst bar off", max(errors.values(), default=nan), 10, "points")
    report.at_most("silent", max(run.silence for run in every), 1.0, "s")
    report.at_most("too long at 99 %", sum(run.is_too_long_at_99 for run in every), 0)
    first = 1000 * max(run.first_event for run in every)
    report.at_most("claim to first event", first, 150, "ms")
    report.at_most("ffmpeg's report to socket, p95", percentile(delays, 0.95), 300, "ms")
    report.at_most("p99", percentile(delays, 0.99), 500, "ms")


def _median(values: Sequence[float]) -> float:
    """NaN where there is nothing to measure."""
    return median(values) if values else nan


if __name__ == "__main__":
    sys.exit(main())

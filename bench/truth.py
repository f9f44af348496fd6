"""Whether bar and time left tell the truth, over a matrix of edits. `make bench-truth`.

Every run is heard by a real socket, cold (nothing learned) and warm. Beside it stands what the
usual formula would have said of the same reports (fluent-ffmpeg: media time written / length of the
input, https://github.com/fluent-ffmpeg/node-fluent-ffmpeg). The last line holds the figures against
their bounds; the exit code is 1 where one is out of bounds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench import matrix, plot
from bench.bounds import Bound
from bench.clockwork import rise_while_stopped
from bench.heard import Run, quantile
from bench.matrix import Film
from bench.overhead import Overhead, overhead
from bench.tapped import Tap
from bench.telling import Teller
from bench.waiting import Waiting, waiting
from tests.servers.app import RunningServer
from tests.servers.live import Program

PLOT = Path(__file__).parents[1] / "docs" / "progress-truth.svg"
PLOTTED = "trim exact"
LONG_SECONDS = 3.0
COLD, WARM = "cold", "warm"


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=list(matrix.LENGTHS))
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="vrewcraft-truth-") as name:
        folder = Path(name)
        films = list(matrix.films(folder, tuple(options.lengths)))
        tap = Tap(folder)
        env = {"VREWCRAFT_FFMPEG": str(tap.program)}
        with RunningServer(folder / "data", env=env) as server, Program(server) as program:
            teller = Teller(server, program, tap)
            cold = told(teller, films, COLD)
            teller.remember()
            warm = told(teller, films, WARM)
            longest = max(films, key=lambda film: film.seconds)
            rise = rise_while_stopped(teller, longest)
            queue = waiting(teller, longest)
        with RunningServer(folder / "bare") as server, Program(server) as program:
            cost = overhead(server, program, min(films, key=lambda film: abs(film.seconds - 30)))
    print_runs(COLD, cold)
    print_runs(WARM, warm)
    lags = [lag for run in teller.lags for lag in run]
    PLOT.write_text(plot.svg(plotted(warm)))
    return verdict(cold, warm, lags, rise, queue, cost)


def told(teller: Teller, films: Sequence[Film], state: str) -> list[Run]:
    """Every film arrives, and every edit of it."""
    forget = state == COLD
    return teller.arrivals(films, forget=forget) + [
        teller.run(film, asked, forget=forget) for film in films for asked in matrix.edits(film)
    ]


def plotted(runs: Sequence[Run]) -> Run:
    """The longest run of the edit for which the usual formula is most wrong."""
    return max((run for run in runs if PLOTTED in run.title), key=lambda run: run.seconds)


def print_runs(state: str, runs: Sequence[Run]) -> None:
    """One line per run."""
    print(
        f"\n{state:<44}{'s':>7}{'monotone':>10}{'error':>7}{'silent':>8}{'at 99':>7}"
        f"{'ETA off at 25/50/75 %':>24}{'others':>8}{'end at':>8}"
    )
    for run in runs:
        etas = " ".join(f"{100 * error:.0f}%" for error in run.eta_errors) or "-"
        others = "-" if run.others_error is None else f"{run.others_error:.1f}"
        end = "-" if run.others_end is None else f"{run.others_end:.0f} %"
        print(
            f"{run.title:<44}{run.seconds:>7.2f}{'yes' if run.monotone else 'NO':>10}"
            f"{run.error:>7.1f}{run.silence:>8.2f}{run.at_99:>7.2f}{etas:>24}{others:>8}{end:>8}"
        )


def verdict(
    cold: Sequence[Run],
    warm: Sequence[Run],
    lags: Sequence[float],
    rise: float,
    queue: Waiting,
    cost: Overhead,
) -> int:
    """The last line, and the exit code."""
    every = [*cold, *warm]
    bounds = [
        Bound("runs not monotone or without 100 last", sum(not run.monotone for run in every), 0),
        *error_bounds(cold, warm),
        Bound("silent", max(run.silence for run in every), 1.0, " s"),
        Bound("too long at 99 %", sum(not brief_at_99(run) for run in every), 0),
        *eta_bounds(cold, warm),
        Bound("rise while stopped", rise, 1.0, " points"),
        Bound("waiting time off", 100 * queue.error, 25, " %"),
        Bound("claim to first event", 1000 * max(run.first_event for run in every), 150, " ms"),
        Bound("report to socket p95", 1000 * quantile(lags, 0.95), 300, " ms"),
        Bound("p99", 1000 * quantile(lags, 0.99), 500, " ms"),
        Bound("overhead", cost.seconds, max(0.6, 0.03 * cost.bare), " s"),
    ]
    others = [run.others_error for run in every if is_long(run) and run.others_error is not None]
    wrong = [bound for bound in bounds if not bound.holds]
    print(
        f"\n{len(every)} runs; the usual formula is {median(others or [0]):.1f} points off; "
        + "; ".join(map(str, bounds))
        + "; "
        + ("all bounds hold" if not wrong else "OUT OF BOUNDS: " + "; ".join(map(str, wrong)))
    )
    return 1 if wrong else 0


def error_bounds(cold: Sequence[Run], warm: Sequence[Run]) -> list[Bound]:
    """How far the bar is off, of runs that last for 3 s and more."""
    return [
        Bound("mean error warm", median(errors(warm)), 3, " points"),
        Bound("cold", median(errors(cold)), 6, " points"),
        Bound("worst", max(errors([*cold, *warm])), 10, " points"),
    ]


def eta_bounds(cold: Sequence[Run], warm: Sequence[Run]) -> list[Bound]:
    """How far the time left is off, in shares of the run."""
    return [
        Bound(f"ETA off {state}", 100 * median(etas(runs)), most, " %")
        for state, runs, most in ((WARM, warm, 8), (COLD, cold, 15))
    ]


def errors(runs: Sequence[Run]) -> list[float]:
    """Of the long ones; nothing is off where there is none."""
    return [run.error for run in runs if is_long(run)] or [0.0]


def etas(runs: Sequence[Run]) -> list[float]:
    """All that were told in the long ones."""
    return [error for run in runs if is_long(run) for error in run.eta_errors] or [0.0]


def is_long(run: Run) -> bool:
    """Long enough for a bar to be looked at."""
    return run.seconds >= LONG_SECONDS


def brief_at_99(run: Run) -> bool:
    """At most 3 % of the run, or 0.3 s."""
    return run.at_99 <= max(0.3, 0.03 * run.seconds)


if __name__ == "__main__":
    sys.exit(main())

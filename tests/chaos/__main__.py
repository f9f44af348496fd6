"""`python -m tests.chaos [all|storm|cancels|duels|sweep] [A|B|...|sqlite|postgres]`.

Without words everything, within the time given; the exit code says whether all bounds are kept. The
last lines are the figures against their bounds, and how to do again what missed one.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.chaos.arrangements import ARRANGEMENTS
from tests.chaos.figures import Findings
from tests.chaos.whole import Job, Run, jobs
from tests.servers.services import PostgresServer

KILLS, ROUNDS, CASES, MINUTES = 500, 500, 60, 20.0


def main() -> int:
    """Do what is asked for, and print what was found."""
    asked = _asked()
    seed = random.randrange(1_000_000) if asked.seed is None else asked.seed
    wanted = [job for job in _jobs(asked) if _fits(job, asked)]
    folder = Path(tempfile.mkdtemp(prefix="vrewcraft-chaos-"))
    print(f"seed {seed}; logs and data in {folder} until all bounds are kept", flush=True)
    with PostgresServer() as postgres:
        run = Run(folder, postgres.url, seed, asked.minutes, partial(print, flush=True))
        findings = run.all(wanted)
    print("\n" + "\n".join(each.text() for each in findings))
    print(_verdict(findings, seed))
    if not all(each.hold for each in findings):
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    kinds = ("all", "storm", "cancels", "duels", "sweep")
    parser.add_argument("kind", nargs="?", default="all", choices=kinds)
    parser.add_argument("where", nargs="?", help="an arrangement's letter or a database")
    parser.add_argument("--seed", type=int, help="what was drawn with it is drawn again")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--rounds", type=int, default=None, help="of cancels, duels or cases")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="bound of the whole run")
    return parser.parse_args()


def _jobs(asked: argparse.Namespace) -> list[Job]:
    letters = [asked.where] if asked.where in ARRANGEMENTS else list(ARRANGEMENTS)
    return jobs(asked.kills, asked.rounds or ROUNDS, asked.rounds or CASES, letters)


def _fits(job: Job, asked: argparse.Namespace) -> bool:
    return asked.kind in ("all", job.kind) and asked.where in (None, job.where)


def _verdict(findings: Sequence[Findings], seed: int) -> str:
    """The last line."""
    figures = [figure for each in findings for figure in each.figures]
    bounds = [each for each in figures if each.at_most is not None or each.at_least is not None]
    missed = [each.name for each in bounds if not each.holds]
    kills = sum(each.value for each in figures if each.name == "kill -9")
    if missed:
        return f"MISSED {len(missed)} of {len(bounds)} bounds with seed {seed}: {missed}"
    return f"all {len(bounds)} bounds kept, {kills:g} kill -9, seed {seed}"


if __name__ == "__main__":
    sys.exit(main())

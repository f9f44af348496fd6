"""The storm: a mixed load on one arrangement under random faults."""

from __future__ import annotations

import random
import time

from tests.chaos.books import Books
from tests.chaos.count import Count
from tests.chaos.faults import Faults
from tests.chaos.figures import Figure, Findings, none_of
from tests.chaos.hearing import Hearing
from tests.chaos.load import Load
from tests.chaos.site import Site

SETTLE_SECONDS = 30.0
SAVE_SECONDS = 10.0


def storm(site: Site, seed: int, kills: int, until: float) -> Findings:
    """Hit the deployment until enough processes are killed, or `until` (monotonic); count."""
    hearing = Hearing(site.deployment.server, site.clips.videos.values())
    load = Load(site.deployment, site.clips, random.Random(seed))
    faults = Faults(site.deployment, seed, site.points)
    hearing.start()
    load.start()
    began = time.monotonic()
    faults.run(kills, until)
    minutes = (time.monotonic() - began) / 60
    load.stop()
    late = _wait_for_the_ends(site.deployment.books, faults)
    _wait_until_told(hearing, load)
    hearing.stop()
    wrong = Count(site, load, hearing).wrong() | {
        f"tasks not terminal {SETTLE_SECONDS:g} s after the last fault": late,
        "children that outlived a killed process by 3 s": [str(each) for each in faults.orphans],
    }
    return _findings(site, load, faults, hearing, wrong, kills, minutes, seed)


def _findings(
    site: Site,
    load: Load,
    faults: Faults,
    hearing: Hearing,
    wrong: dict[str, list[str]],
    kills: int,
    minutes: float,
    seed: int,
) -> Findings:
    kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(faults.kills.items()))
    figures = [
        Figure("kill -9", faults.kills.total(), at_least=kills, note=kinds),
        Figure("workers stopped past their lease, then let go on", faults.freezes),
        _ended(site, faults),
        Figure("edits asked for", len(load.asked), at_least=1),
        Figure("requests repeated because of a fault", load.repeated),
        Figure("connections of the listening client", hearing.connections),
        Figure("minutes of faults", round(minutes, 1)),
        *(none_of(name, things) for name, things in wrong.items()),
    ]
    arrangement = site.deployment.arrangement
    return Findings(
        f"Storm over {arrangement.letter}: {arrangement.title}",
        figures,
        [f"{name}: {thing}" for name, things in wrong.items() for thing in things[:5]],
        f"python -m tests.chaos storm {arrangement.letter} --seed {seed} --kills {kills}",
    )


def _ended(site: Site, faults: Faults) -> Figure:
    name, count = "processes that ended by themselves", len(faults.surprises)
    if site.deployment.arrangement.supervised:
        return Figure(name, count, note="started again")
    return Figure(name, count, at_most=0, note=", ".join(faults.surprises))


def _wait_for_the_ends(books: Books, faults: Faults) -> list[str]:
    """The tasks that have not ended in time."""
    while books.open_tasks() and time.monotonic() < faults.last_at + SETTLE_SECONDS:
        faults.tend()
        time.sleep(0.1)
    query = "select id, status, step from videos_task where status in ('pending', 'processing')"
    return [f"{key} {status} {step}" for key, status, step in books.rows(query)]


def _wait_until_told(hearing: Hearing, load: Load) -> None:
    """Events travel for a moment; what has not arrived by then never does."""
    deadline = time.monotonic() + SAVE_SECONDS
    wanted = {asked.task_id for asked in load.asked}
    while time.monotonic() < deadline:
        if wanted <= {key for key, status in hearing.reported.items() if status == "complete"}:
            return
        time.sleep(0.1)

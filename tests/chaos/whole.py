"""The whole run: what is done on which arrangement and database, and within which time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.arrangements import ARRANGEMENTS
from tests.chaos.cancels import cancels
from tests.chaos.deployment import Deployment
from tests.chaos.figures import Findings
from tests.chaos.part import run_part
from tests.chaos.site import Site
from tests.chaos.storm import storm
from tests.servers.services import ScratchDatabase

DATABASES = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Job:
    """One part of the run."""

    kind: str
    """storm, cancels, duels or sweep."""
    where: str
    """The arrangement's letter, or the database."""
    amount: int
    """Kills, cancels, duels or cases; what time does not allow is missed."""
    share: float
    """Of the time, against the other jobs'."""


def jobs(kills: int, rounds: int, cases: int, letters: Sequence[str]) -> list[Job]:
    """Everything, with the kills and cancels spread over the arrangements of these letters.

    What a job does not use of its time is the next ones'. So storms, whose length hangs most on the
    machine, come late, and last the one over A, where every kill of the server stops all else.
    """
    found = [Job("duels", where, rounds, 2) for where in DATABASES]
    found += [Job("sweep", where, cases, 5.5) for where in DATABASES]
    for number, letter in enumerate(reversed(letters)):
        count = len(letters)
        found.append(Job("cancels", letter, _part(rounds, number, count), 3.5))
        found.append(Job("storm", letter, _part(kills, number, count), 7.5))
    return found


def _part(whole: int, number: int, count: int) -> int:
    """An equal part; the first ones take what is left over."""
    return whole // count + (number < whole % count)


@dataclass(frozen=True, slots=True)
class Run:
    """Does jobs one after the other in a folder, each within its share of the time."""

    folder: Path
    postgres_url: str
    """Of a user that may create databases."""
    seed: int
    minutes: float
    tell: Callable[[str], None] = print

    def all(self, wanted: Sequence[Job]) -> list[Findings]:
        """What each found. Jobs on one arrangement that follow one another share its deployment."""
        end = time.monotonic() + self.minutes * 60
        found = []
        with ExitStack() as stack:
            sites: dict[str, Site] = {}
            for number, job in enumerate(wanted):
                left = end - time.monotonic()
                seconds = left * job.share / sum(each.share for each in wanted[number:])
                self.tell(f"{job.kind} on {job.where}: {job.amount}, at most {seconds:.0f} s")
                if job.where in DATABASES:
                    found.append(self._part(job, seconds))
                    continue
                if job.where not in sites:
                    stack.close()
                    deployment = Deployment(ARRANGEMENTS[job.where], self.folder, self.postgres_url)
                    sites = {job.where: Site(stack.enter_context(deployment))}
                found.append(self._on_site(job, sites[job.where], seconds))
        return found

    def _on_site(self, job: Job, site: Site, seconds: float) -> Findings:
        work = {"storm": storm, "cancels": cancels}[job.kind]
        return work(site, self.seed, job.amount, time.monotonic() + seconds)

    def _part(self, job: Job, seconds: float) -> Findings:
        data_dir = self.folder / f"{job.kind}-{job.where}"
        numbers = (job.amount, self.seed, round(seconds))
        if job.where == "sqlite":
            return run_part(job.kind, data_dir, f"sqlite:///{data_dir}/db.sqlite3", *numbers)
        with ScratchDatabase(self.postgres_url) as url:
            return run_part(job.kind, data_dir, url, *numbers)

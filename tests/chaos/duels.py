"""Two owners complete one task at the same moment: the first, thought dead, and its heir."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import partial

from django.db import connection

from tests import factories
from tests.chaos.figures import Figure, Findings, none_of
from tests.contract.threads import together
from videos.models import Task, Video, task_state
from videos.models.task_queue import Claim, LostClaimError
from videos.operations.base import Artifact
from videos.operations.outputs import RENDITION
from videos.storage import workdir
from videos.storage.registry import store
from videos.worker.publish import Finding, publish

FIRST, HEIR = "here/1/1", "here/2/2"
JITTER_SECONDS = 0.004
LEASE_SECONDS = 60.0
CLAIM_SECONDS, POLL_SECONDS = 5.0, 0.01
ATTEMPTS = {FIRST: ["complete"], HEIR: ["lost", "complete"]}


def run(most: int, seed: int, seconds: int) -> Findings:
    """So many duels, or as many as there is time for."""
    until = time.monotonic() + seconds
    rng = random.Random(seed)
    video = factories.ready(factories.person())
    wins: Counter[str] = Counter()
    wrong: list[str] = []
    for number in range(most):
        if time.monotonic() > until:
            break
        winner, sentences = _duel(video, rng)
        wins[winner] += 1
        wrong += [f"round {number}: {sentence}" for sentence in sentences]
    rounds = wins.total()
    figures = [
        Figure("completions by two owners", rounds, at_least=most),
        Figure("won by the first owner", wins[FIRST], at_least=1),
        Figure("won by its heir", wins[HEIR], at_least=1),
        Figure("without exactly one winner", rounds - wins[FIRST] - wins[HEIR], at_most=0),
        none_of("rows or files at odds with the winner", wrong),
    ]
    title = f"Concurrent completion by two owners on {connection.vendor}"
    return Findings(
        title, figures, wrong, f"python -m tests.chaos duels --seed {seed} --rounds {most}"
    )


def _duel(video: Video, rng: random.Random) -> tuple[str, list[str]]:
    """The winner's name, and what does not fit it."""
    task = factories.task(video)
    claim = factories.claim(task, FIRST, LEASE_SECONDS)
    ends = together(
        [
            partial(_complete, task, claim, rng.uniform(0, JITTER_SECONDS)),
            partial(_inherit_and_complete, task, rng.uniform(0, JITTER_SECONDS)),
        ]
    )
    winners = [who for who, end in zip((FIRST, HEIR), ends, strict=True) if end == "complete"]
    winner = winners[0] if len(winners) == 1 else f"{ends}"
    return winner, _at_odds(Task.objects.get(pk=task.pk), winner)


def _complete(task: Task, claim: Claim, wait: float) -> str:
    """What the runner does with finished files."""
    path = workdir.fresh_work_dir(claim.task_id, claim.attempt) / "made.mp4"
    path.write_text(claim.worker)
    artifact = Artifact(path, "made.mp4", RENDITION, "video/mp4")
    time.sleep(wait)
    try:
        publish(claim, task, [Finding(artifact, None)])
    except (LostClaimError, FileNotFoundError):  # the heir clears away what the dead one left
        return "lost"
    finally:
        workdir.clear_work_dir(claim.task_id, claim.attempt)
    return "complete"


def _inherit_and_complete(task: Task, wait: float) -> str:
    """What the reaper and another worker do, believing that the first one is dead."""
    time.sleep(wait)
    if not task_state.reap(also_workers=[FIRST]):
        return "came too late"
    mine = Task.objects.filter(pk=task.pk)
    until = time.monotonic() + CLAIM_SECONDS
    while time.monotonic() < until:
        claim = mine.claim_next(HEIR, task.work_class, LEASE_SECONDS)
        if claim:
            return _complete(task, claim, 0)
        time.sleep(POLL_SECONDS)  # a row that the first owner just looks at is skipped
    return "found nothing"


def _at_odds(task: Task, winner: str) -> list[str]:
    """What does not fit the winner: status, attempts, Outputs, files."""
    attempts = [each.outcome for each in task.attempts.order_by("number")]
    wrong = [] if attempts == ATTEMPTS.get(winner) else [f"{winner} won, attempts {attempts}"]
    outputs = list(task.outputs.all())
    if task.status != "complete" or len(outputs) != 1:
        wrong.append(f"{task.status} with {len(outputs)} Outputs")
    folder = store().local_path(f"outputs/{task.pk}")
    there = [f"outputs/{task.pk}/{path.relative_to(folder)}" for path in folder.rglob("*.mp4")]
    if there != [output.key for output in outputs]:
        wrong.append(f"files {there}")
    elif outputs and store().local_path(outputs[0].key).read_text() != winner:
        wrong.append("the file is not the winner's")
    return wrong

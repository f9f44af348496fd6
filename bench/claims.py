"""A queue of ten thousand: what a claim and the pages that list it cost. Prints one JSON object.

Run by bench.tasks as a process of its own, with the database named by the environment.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

PENDING, PEOPLE, CLAIMS, PAGES = 10_000, 5, 200, 12
ADDRESSES = ("/jobs/", "/jobs/?status=pending&page=50", "/admin/videos/task/")


def main() -> None:
    """Fill a new database, then measure."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "vrewcraft.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill()
    pages = {address: milliseconds(page(address), PAGES) for address in ADDRESSES}
    found = {"plan": plan(), "claims": milliseconds(claim, CLAIMS), "pages": pages}
    json.dump(found, sys.stdout)


def fill() -> None:
    """Ten thousand pending copies of five people, half of them the owner's."""
    from django.db import connection

    from tests import factories
    from videos.models import Task, TaskSource
    from vrewcraft.accounts.models import User

    people = [User.objects.local_owner(), *(factories.person(f"p{n}") for n in range(1, PEOPLE))]
    videos = [factories.ready(each) for each in people]
    tasks = []
    for number in range(PENDING):
        video = videos[0 if number % 2 else number // 2 % PEOPLE]
        tasks.append(
            Task(
                id=uuid4(),
                owner_id=video.owner_id,
                video=video,
                operation="trim",
                name="Trim 00:01-00:02",
                params={"startTime": 1.0, "endTime": 2.0, "mode": "fast"},
                claimable=True,
                work_class="copy",
                turn=number // PEOPLE,
                expected_seconds=1.0,
            )
        )
    Task.objects.bulk_create(tasks, batch_size=500)
    TaskSource.objects.bulk_create(
        [TaskSource(task=task, video_id=task.video_id, position=0) for task in tasks],
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def claim() -> None:
    """As a worker does."""
    from videos.models import Task

    if Task.objects.claim_next("bench/1/1", "copy", 600) is None:
        raise RuntimeError("the queue is empty")


def plan() -> str:
    """How the database finds the best waiting task."""
    from videos.models import Task

    return str(Task.objects.waiting("copy")[:1].explain())


def page(address: str) -> Callable[[], None]:
    """Ask for a page as the owner's browser does."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})

    def ask() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")

    return ask


def milliseconds(act: Callable[[], Any], times: int) -> dict[str, float]:
    """Median and 95th percentile, after two that are not counted."""
    taken = []
    for _ in range(times + 2):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    counted = sorted(taken[2:])
    last = len(counted) - 1
    return {"p50": counted[last // 2], "p95": counted[round(last * 0.95)]}


if __name__ == "__main__":
    main()

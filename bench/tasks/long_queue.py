"""A queue of ten thousand: what a claim and the pages that list it cost, as one JSON object.

Run by bench.tasks as a process of its own, with the database named by the environment.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "vrewcraft.settings"
django.setup()

from django.core.management import call_command  # noqa: E402 (Django is set up before)
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from tests import factories  # noqa: E402
from videos.models import Task, TaskSource  # noqa: E402
from vrewcraft.accounts.models import User  # noqa: E402

PENDING, PEOPLE, CLAIMS, PAGES, WARM_UP = 10_000, 5, 200, 12, 2
ADDRESSES = ("/jobs/", "/jobs/?status=pending&page=50", "/admin/videos/task/")


def main() -> None:
    """Fill a new database, then measure."""
    call_command("migrate", verbosity=0)
    fill()
    client = Client(headers={"host": "localhost"})
    pages = {address: milliseconds(partial(load, client, address), PAGES) for address in ADDRESSES}
    print(json.dumps({"claims": milliseconds(claim, CLAIMS), "pages": pages}))


def fill() -> None:
    """Ten thousand pending copies of five people, half of them the owner's."""
    people = [User.objects.local_owner(), *(factories.person(f"p{n}") for n in range(1, PEOPLE))]
    videos = [factories.ready(each) for each in people]
    usual: dict[str, Any] = {
        "operation": "trim",
        "name": "Trim 00:01-00:02",
        "params": {"startTime": 1.0, "endTime": 2.0, "mode": "fast"},
        "claimable": True,
        "work_class": "copy",
        "expected_seconds": 1.0,
    }
    tasks = []
    for number in range(PENDING):
        video = videos[0 if number % 2 else number // 2 % PEOPLE]
        turn = number // PEOPLE
        tasks.append(Task(owner_id=video.owner_id, video=video, turn=turn, **usual))
    Task.objects.bulk_create(tasks, batch_size=500)
    links = [TaskSource(task=task, video_id=task.video_id, position=0) for task in tasks]
    TaskSource.objects.bulk_create(links, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def claim() -> None:
    """As a worker does."""
    if Task.objects.claim_next("bench/1/1", "copy", 600) is None:
        raise RuntimeError("the queue is empty")


def load(client: Client, address: str) -> None:
    """Request a page as the owner's browser does."""
    status = client.get(address).status_code
    if status != 200:
        raise RuntimeError(f"{address} was answered by {status}")


def milliseconds(act: Callable[[], None], times: int) -> list[float]:
    """How long each took, after some that are not counted."""
    taken = []
    for _ in range(WARM_UP + times):
        began = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - began))
    return taken[WARM_UP:]


if __name__ == "__main__":
    main()

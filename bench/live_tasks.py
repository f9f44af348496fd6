"""Tasks that really run through their states, in the serving process, as its worker's would."""

from __future__ import annotations

import random
import time
from pathlib import Path

from django.conf import settings

from bench.live_load import Due
from tests import factories
from videos.core.enums import StepCode
from videos.models import Video, task_state


def run_one(due: Due) -> None:
    """A task from its request to one of its ends; when that was is written down."""
    video = Video.objects.get(pk=due.video_id)
    task = factories.task(video)
    claim = factories.claim(task)
    for fraction in (0.3, 0.6):
        task_state.advance(claim, task_state.Advance(fraction, StepCode.COPYING))
    ends = (
        lambda: task_state.complete(claim, [factories.output(task)]),
        lambda: task_state.fail(claim, task_state.Failure("crash", {})),
        lambda: task_state.end_cancelled(claim),
    )
    random.choice(ends)()
    with Path(settings.VREWCRAFT_DATA_DIR, "ends").open("a", encoding="ascii") as file:
        file.write(f"{due.video_id} {task.pk} {time.time()}\n")

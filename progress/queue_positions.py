"""Where waiting tasks stand, told again while the queue moves: their own rows do not change."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from uuid import UUID

from progress.events import Change, Event, Keep, message, user_group, video_group
from videos.models import Task
from videos.serializers.task import place_state
from videos.services.tasks import forecast
from videos.services.tasks.forecast import Place

# Less is no news: people are told these times in steps of five seconds.
WORTH_TELLING_SECONDS = 1.0


class Queue:
    """Remembers what it told of each waiting task, and tells what differs."""

    def __init__(self) -> None:
        self._told: dict[UUID, Place] = {}
        self._numbers = itertools.count(1)

    def changes(self, groups: AbstractSet[str]) -> list[Change]:
        """What the members of these groups do not know yet; reads the database."""
        waiting = Task.objects.filter(status=Task.Status.PENDING, housekeeping=False)
        by_video: defaultdict[UUID, list[Task]] = defaultdict(list)
        for task in waiting.only("video_id", "owner_id", "expected_seconds"):
            if not groups.isdisjoint(_groups(task)):
                by_video[task.video_id].append(task)
        places = forecast.places({task.pk for tasks in by_video.values() for task in tasks})
        self._told = {key: place for key, place in self._told.items() if key in places}
        return [
            self._change(tasks, places)
            for tasks in by_video.values()
            if any(_is_news(self._told.get(task.pk), places.get(task.pk)) for task in tasks)
        ]

    def _change(self, tasks: list[Task], found: Mapping[UUID, Place]) -> Change:
        """All of a video's waiting tasks: a slow socket is sent only the latest such message."""
        first = tasks[0]
        self._told |= {task.pk: found[task.pk] for task in tasks if task.pk in found}
        places = {str(task.pk): place_state(task, found.get(task.pk)) for task in tasks}
        text = message("queue", str(first.video_id), {"places": places})
        subject = f"queue.{first.video_id}"
        event = Event(subject, next(self._numbers), text, Keep.PROGRESS)
        return Change(_groups(first), (event,), str(first.owner_id))


def _groups(task: Task) -> tuple[str, str]:
    return video_group(task.video_id), user_group(task.owner_id)


def _is_news(told: Place | None, place: Place | None) -> bool:
    if told is None or place is None or told.position != place.position:
        return told != place
    if told.starts_in is None or place.starts_in is None:
        return told != place
    return abs(told.starts_in - place.starts_in) >= WORTH_TELLING_SECONDS

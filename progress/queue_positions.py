"""Queue positions of waiting tasks, published as the queue moves: their rows do not change."""

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

# Smaller changes are not published: times are shown in steps of five seconds.
MIN_CHANGE_SECONDS = 1.0


class QueuePositions:
    """Remembers the last published position of each waiting task, and publishes changes."""

    def __init__(self) -> None:
        self._announced: dict[UUID, Place] = {}
        self._numbers = itertools.count(1)

    def changes(self, groups: AbstractSet[str]) -> list[Change]:
        """What the members of these groups do not know yet; reads the database."""
        waiting = Task.objects.filter(status=Task.Status.PENDING, housekeeping=False)
        by_video: defaultdict[UUID, list[Task]] = defaultdict(list)
        for task in waiting.only("video_id", "owner_id", "expected_seconds"):
            if not groups.isdisjoint(_groups(task)):
                by_video[task.video_id].append(task)
        places = forecast.places({task.pk for tasks in by_video.values() for task in tasks})
        self._announced = {key: place for key, place in self._announced.items() if key in places}
        return [
            self._change(tasks, places)
            for tasks in by_video.values()
            if any(_is_news(self._announced.get(task.pk), places.get(task.pk)) for task in tasks)
        ]

    def _change(self, tasks: list[Task], positions: Mapping[UUID, Place]) -> Change:
        """All of a video's waiting tasks: a slow socket is sent only the latest such message."""
        first = tasks[0]
        self._announced |= {task.pk: positions[task.pk] for task in tasks if task.pk in positions}
        places = {str(task.pk): place_state(task, positions.get(task.pk)) for task in tasks}
        text = message("queue", str(first.video_id), {"places": places})
        subject = f"queue.{first.video_id}"
        event = Event(subject, next(self._numbers), text, Keep.PROGRESS)
        return Change(_groups(first), (event,), str(first.owner_id))


def _groups(task: Task) -> tuple[str, str]:
    return video_group(task.video_id), user_group(task.owner_id)


def _is_news(previous: Place | None, place: Place | None) -> bool:
    if previous is None or place is None or previous.position != place.position:
        return previous != place
    if previous.starts_in is None or place.starts_in is None:
        return previous != place
    return abs(previous.starts_in - place.starts_in) >= MIN_CHANGE_SECONDS

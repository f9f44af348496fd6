"""Fair shares: in which round of the queue a person's task is taken."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Max

from videos.models import QueuePause, Task
from videos.models.queue_pause import EVERYBODY
from videos.models.task_queue import TaskQuerySet


def next_turn(owner_id: UUID, work_class: str, priority: int, but: UUID | None = None) -> int:
    """In which round a person's next task of a class and priority is taken.

    Each round takes one task of everybody who waits: a person with a hundred tasks has them in a
    hundred rounds, and who comes with one gets it into the present round. (Start-time fair
    queueing, https://doi.org/10.1109/90.649569, with all tasks alike.)
    """
    same = Task.objects.filter(priority=priority)
    mine = _unpaused(owner_id, work_class, priority)
    if but:
        mine = mine.exclude(pk=but)
    return _after_last(mine, _present_turn(same, work_class) or 0)


def _unpaused(owner_id: UUID, work_class: str, priority: int) -> TaskQuerySet:
    """A person's pending tasks of a class and priority but those paused one by one.

    What is paused takes no turns: others may come before it.
    """
    return Task.objects.filter(
        owner_id=owner_id, work_class=work_class, priority=priority, status="pending", paused=False
    )


def _after_last(mine: TaskQuerySet, present: int) -> int:
    """One after the last of a person's turns, and not before the present round."""
    last = mine.aggregate(last=Max("turn"))["last"]
    return present if last is None else max(present, last + 1)


def _present_turn(tasks: TaskQuerySet, work_class: str) -> int | None:
    """The round that is served now: the first turn among those of the tasks that wait.

    A pause of everybody's queue stops the rounds where they are, and changes nobody's place.
    """
    paused = QueuePause.objects.names() - {EVERYBODY}
    return tasks.waiting(work_class, paused).values_list("turn", flat=True).first()


def renew_turn(task_id: UUID) -> None:
    """A paused pending task is about to go on: it keeps its turn, or gets the one of a new task.

    It keeps one that its person has no other task in, that the present round has not passed, and
    that comes no later than a new task's.
    """
    task = Task.objects.filter(pk=task_id, status="pending", paused=True).first()
    if task is None:
        return
    mine = _unpaused(task.owner_id, task.work_class, task.priority)
    present = _present_turn(Task.objects.filter(priority=task.priority), task.work_class) or 0
    new = _after_last(mine, present)
    # Whoever has had this round's turn keeps the next one's: a pause is no way to a second.
    latest = max(new, present + 1)
    if not present <= task.turn <= latest or mine.filter(turn=task.turn).exists():
        Task.objects.filter(pk=task_id, status="pending").update(turn=new)


def rejoin(owner_id: UUID) -> None:
    """A person's queue goes on: their tasks move to the rounds that the others are in by now."""
    mine = Task.objects.filter(owner_id=owner_id, status="pending")
    for work_class, priority in mine.order_by().values_list("work_class", "priority").distinct():
        same = Task.objects.filter(priority=priority)
        first = _present_turn(same.filter(owner_id=owner_id), work_class)
        present = _present_turn(same.exclude(owner_id=owner_id), work_class)
        # Whoever has had this round's turn is in the next: a pause is no way to a second.
        if first is None or present is None or present <= first <= present + 1:
            continue
        # What is paused or backs off with an earlier turn has its place by itself.
        moved = mine.filter(work_class=work_class, priority=priority, turn__gte=first)
        moved.update(turn=F("turn") + (present - first))

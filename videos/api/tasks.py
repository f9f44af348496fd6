"""The JSON API of tasks: how they stand; cancel, pause, resume and retry them."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field
from typing_extensions import TypedDict

from videos.api.bodies import JsonBody
from videos.api.types import PAGE, Offset, TaskId, errors
from videos.core.json_types import ErrorState, choice, described
from videos.http.error_responses import error_body
from videos.models import Task
from videos.serializers.attempt import AttemptState, attempt_state
from videos.serializers.task import TaskState, task_state, task_states
from videos.services.tasks import control
from videos.services.tasks.control import TaskAction

StatusName = Literal["pending", "processing", "complete", "error", "cancelled"]
TaskActionName = Literal["cancel", "pause", "resume", "retry"]

router = Router()


class ManyTasks(JsonBody):
    """What to do, and to which tasks."""

    action: TaskActionName
    task_ids: list[str] = Field(max_length=control.MAX_TASKS)


@described
class Tasks(TypedDict):
    """A page of tasks."""

    tasks: list[TaskState]
    """The newest first."""


@described
class TaskDetail(TaskState):
    """A task with its executions."""

    attempts: list[AttemptState]


@described
class RefusedTask(ErrorState):
    """A task with which it could not be done."""

    taskId: str
    """As it was sent."""


@described
class ManyDone(TypedDict):
    """What became of each."""

    action: Annotated[str, choice(TaskAction)]
    done: list[str]
    """The ids of those with which it was done."""
    refused: list[RefusedTask]


@router.get("/tasks", summary="List your tasks, newest first", response=Tasks)
def list_tasks(request: HttpRequest, status: StatusName | None = None, offset: Offset = 0) -> Tasks:
    """At most 100 at a time; `status` keeps one of the five."""
    tasks = Task.objects.for_user(request.user).for_lists()
    if status:
        tasks = tasks.filter(status=status)
    return {"tasks": task_states(list(tasks[offset : offset + PAGE]))}


@router.get("/tasks/{task_id}", summary="One task", response=TaskDetail)
def get_task(request: HttpRequest, task_id: TaskId) -> TaskDetail:
    """State, progress, outputs, error and attempts."""
    task = control.find_task(request.user, task_id)
    attempts = [attempt_state(attempt) for attempt in task.attempts.order_by("number")]
    return {**task_state(task), "attempts": attempts}


@router.post("/tasks", summary="Cancel, pause, resume or retry many tasks", response=ManyDone)
def apply_to_many(request: HttpRequest, body: ManyTasks) -> ManyDone:
    """`action` and `taskIds`, at most 1000; what cannot be done is named with its reason."""
    results = control.apply_to_many(
        request.user, TaskAction(body.action), dict.fromkeys(body.task_ids)
    )
    return {
        "action": body.action,
        "done": [result.task_id for result in results if result.error is None],
        "refused": [
            {"taskId": result.task_id, **error_body(result.error)}
            for result in results
            if result.error is not None
        ],
    }


@router.post(
    "/tasks/{task_id}/{verb}",
    summary="Cancel, pause, resume or retry a task",
    response={202: TaskState, **errors(409, 422)},
)
def do(request: HttpRequest, task_id: TaskId, verb: TaskActionName) -> Status[TaskState]:
    """A waiting task is cancelled or paused at once, a running one within seconds.

    `retry` is for a task that failed or was cancelled.
    """
    control.apply(TaskAction(verb), control.find_task(request.user, task_id))
    return Status(202, task_state(control.find_task(request.user, task_id)))

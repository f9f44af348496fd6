"""What the database itself refuses, whatever code asks for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from tests import factories
from videos.models import Attempt, Output, Task, Upload, Video
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def refuses(change: Any, *args: Any, **values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        change(*args, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"status": "paused"},
        {"fraction": -0.01},
        {"fraction": 1.01},
        {"fraction": 1.0},
        {"status": "processing"},
        {"status": "processing", "lease_until": NOW},
        {"status": "processing", "worker": "w"},
        {"status": "complete", "fraction": 1.0},
        {"status": "cancelled"},
        {"status": "error", "error_code": "crashed"},
        {"status": "error", "finished_at": NOW},
        {"finished_at": NOW},
        {"owner_id": None},
        {"video_id": None},
    ],
    ids=str,
)
def test_a_task_cannot_be_in_a_state_that_makes_no_sense(
    task: Task, values: dict[str, Any]
) -> None:
    refuses(Task.objects.filter(pk=task.pk).update, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "lost"},
        {"duration_us": None},
        {"duration_us": 0},
        {"probe": None},
        {"source_key": ""},
        {"state": "broken"},
        {"owner_id": None},
    ],
    ids=str,
)
def test_a_video_that_is_ready_has_all_it_needs(video: Video, values: dict[str, Any]) -> None:
    refuses(Video.objects.filter(pk=video.pk).update, **values)


@pytest.mark.parametrize("received", [-1, 11])
def test_an_upload_receives_no_more_than_was_declared(video: Video, received: int) -> None:
    refuses(Upload.objects.create, video=video, method="multipart", length=10, received=received)


def test_an_upload_of_unknown_length_may_grow(video: Video) -> None:
    Upload.objects.create(video=video, method="multipart", length=None, received=10**12)


@pytest.mark.parametrize(
    "values",
    [{"ended_at": NOW}, {"outcome": "complete"}, {"number": 1}],
    ids=["ended but running", "an outcome but no end", "the number of another"],
)
def test_an_attempt_has_one_number_and_one_end(task: Task, values: dict[str, Any]) -> None:
    task.attempts.create(number=1, worker="w")
    refuses(Attempt.objects.create, **{"task": task, "number": 2, "worker": "w", **values})


def test_an_output_is_never_empty(task: Task) -> None:
    refuses(factories.output(task, bytes=0).save)


def test_an_output_has_its_name_and_its_file_for_itself(task: Task, video: Video) -> None:
    factories.output(task, key="a").save()
    refuses(factories.output(task, key="b").save)
    refuses(factories.output(factories.task(video), key="a").save)
    factories.output(factories.task(video), key="b").save()


def test_a_task_has_one_source_in_each_place(task: Task, video: Video) -> None:
    refuses(task.source_links.create, video=video, position=0)


def test_a_person_has_one_task_for_each_key(video: Video) -> None:
    factories.task(video, idempotency_key="k")
    refuses(factories.task, video, idempotency_key="k")


def test_other_people_and_requests_without_a_key_are_independent(video: Video) -> None:
    factories.task(video, idempotency_key="k")
    factories.task(factories.ready(factories.person("bob")), idempotency_key="k")
    factories.task(video)
    factories.task(video)
    assert Task.objects.count() == 4


def test_who_leaves_takes_everything_along(ann: User, task: Task) -> None:
    factories.output(task).save()
    task.attempts.create(number=1, worker="w")
    ann.delete()
    rows = [model.objects.count() for model in (Video, Task, Attempt, Output)]
    assert rows == [0, 0, 0, 0]


def test_everybody_sees_their_own_only(ann: User, task: Task) -> None:
    factories.output(task).save()
    bob = factories.person("bob")
    for model in (Video, Task, Output):
        assert model.objects.for_user(ann).count() == 1
        assert model.objects.for_user(bob).count() == 0
        assert model.objects.for_user(AnonymousUser()).count() == 0


def test_a_long_and_foreign_name_is_kept_whole(ann: User) -> None:
    name = "강의 🎬 " * 25 + uuid4().hex
    assert Video.objects.get(pk=factories.ready(ann, name).pk).name == name

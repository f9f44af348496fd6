"""Where waiting tasks stand is told again as the queue moves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from progress.events import user_group, video_group
from progress.queue_positions import QueuePositions
from tests import factories
from videos.core.enums import StepCode
from videos.models import Task, Video, WorkerBeat, progress_write
from vrewcraft.accounts.models import User

SECONDS = 10.0


@pytest.fixture
def video(owner: User) -> Video:
    WorkerBeat(name="w", host="h", pid=1, slots={"cpu": 1}, version="1").beat()
    return factories.ready(owner)


def waiting(video: Video) -> Task:
    task = factories.task(video)
    Task.objects.filter(pk=task.pk).update(expected_seconds=SECONDS, work_class="cpu")
    task.refresh_from_db()
    return task


def reported(queue: QueuePositions, *groups: str) -> list[dict[str, Any]]:
    changes = queue.changes(set(groups))
    return [json.loads(event.text) for change in changes for event in change.events]


def test_every_waiting_task_of_a_watched_video_is_sent_with_its_place(video: Video) -> None:
    first, second = waiting(video), waiting(video)
    (message,) = reported(QueuePositions(), video_group(video.pk))
    assert (message["type"], message["videoId"]) == ("queue", str(video.pk))
    assert message["data"]["places"] == {
        str(first.pk): {"queuePosition": 1, "startsInSeconds": 0, "endsInSeconds": SECONDS},
        str(second.pk): {
            "queuePosition": 2,
            "startsInSeconds": SECONDS,
            "endsInSeconds": 2 * SECONDS,
        },
    }


def test_its_owner_gets_it_too_and_nobody_else(video: Video) -> None:
    stranger = factories.person("stranger")
    waiting(video)
    assert len(reported(QueuePositions(), user_group(video.owner_id))) == 1
    assert (
        reported(
            QueuePositions(), user_group(stranger.pk), video_group(factories.ready(stranger).pk)
        )
        == []
    )


def test_an_unchanged_place_is_not_sent_again(video: Video) -> None:
    waiting(video)
    queue, group = QueuePositions(), video_group(video.pk)
    assert reported(queue, group)
    assert reported(queue, group) == []


def test_a_claim_moves_all_behind_it(video: Video) -> None:
    first, second = waiting(video), waiting(video)
    queue, group = QueuePositions(), video_group(video.pk)
    reported(queue, group)
    claim = factories.claim(first)
    progress_write.advance(claim, progress_write.Advance(0.5, StepCode.ENCODING, eta_seconds=4.0))
    (message,) = reported(queue, group)
    place = {"queuePosition": 1, "startsInSeconds": 4.0, "endsInSeconds": 4.0 + SECONDS}
    assert message["data"]["places"] == {str(second.pk): place}


def test_a_change_of_less_than_a_second_is_not_sent(video: Video) -> None:
    first, _second = waiting(video), waiting(video)
    claim = factories.claim(first)
    queue, group = QueuePositions(), video_group(video.pk)
    progress_write.advance(claim, progress_write.Advance(0.5, StepCode.ENCODING, eta_seconds=4.0))
    reported(queue, group)
    progress_write.advance(claim, progress_write.Advance(0.6, StepCode.ENCODING, eta_seconds=3.5))
    assert reported(queue, group) == []
    progress_write.advance(claim, progress_write.Advance(0.7, StepCode.ENCODING, eta_seconds=2.9))
    assert reported(queue, group)


def test_what_nobody_subscribed_to_is_not_sent(video: Video) -> None:
    task = waiting(video)
    Task.objects.filter(pk=task.pk).update(housekeeping=True)
    assert reported(QueuePositions(), video_group(video.pk)) == []

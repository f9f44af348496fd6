"""Metrics: what the rows say, for those who look after the site."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests import factories
from videos.core.enums import StepCode
from videos.models import Task, progress_write, task_state
from vrewcraft.accounts.models import Token, User

pytestmark = pytest.mark.django_db


def reported(client: Client) -> dict[str, float]:
    """Every sample by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        " ".join(
            [sample.name, *(f"{key}={value}" for key, value in sorted(sample.labels.items()))]
        ): (sample.value)
        for family in families
        for sample in family.samples
    }


def test_they_cover_tasks_leases_attempts_and_speed() -> None:
    video = factories.ready(User.objects.local_owner())
    waits = factories.task(video)
    ago = timezone.now() - timedelta(minutes=2)
    Task.objects.filter(pk=waits.pk).update(created_at=ago - timedelta(days=7), updated_at=ago)
    running = factories.claim(factories.task(video, priority=5))
    progress_write.advance(running, progress_write.Advance(0.5, StepCode.COPYING, speed=12.5))
    done = factories.task(video, priority=9)
    task_state.complete(factories.claim(done), [factories.output(done)])
    failed = factories.claim(factories.task(video, priority=8))
    task_state.schedule_retry(failed, task_state.Failure("crashed", {}, "crash"), 3)
    factories.worker_beat()
    found = reported(Client())
    assert found["vrewcraft_tasks status=pending work_class=copy"] == 2
    assert found["vrewcraft_tasks status=processing work_class=copy"] == 1
    assert 119 < found["vrewcraft_queue_age_seconds work_class=copy"] < 200
    assert 0 <= found["vrewcraft_lease_age_seconds"] < 20
    assert found["vrewcraft_workers"] == 1
    assert found["vrewcraft_attempts_last_hour error= outcome=complete"] == 1
    assert found["vrewcraft_attempts_last_hour error=crashed outcome=error"] == 1
    assert found["vrewcraft_retries_last_hour"] == 1
    assert found["vrewcraft_task_seconds_last_hour operation=trim quantile=0.95"] < 20
    assert found["vrewcraft_ffmpeg_speed operation=trim"] == 12.5


def test_an_empty_library_has_metrics_too() -> None:
    assert reported(Client())["vrewcraft_workers"] == 0


@pytest.mark.parametrize(("staff", "status"), [(False, 403), (True, 200)])
def test_a_token_opens_them_for_the_staff_only(staff: bool, status: int) -> None:
    person = factories.person("ann", is_staff=staff)
    headers = {"authorization": f"Bearer {Token.objects.issue(person, 'prometheus')}"}
    assert Client(headers=headers).get("/metrics").status_code == status

"""The page of the workers, for those who look after the site."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories
from videos.models import Video, WorkerBeat
from videos.services.tasks import control
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def video(owner: User) -> Video:
    return factories.ready(owner)


def page(client: Client) -> str:
    answer = client.get("/workers/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_who_lives_and_what_each_runs(client: Client, video: Video) -> None:
    factories.worker_beat()
    WorkerBeat.objects.update(engine="worker", encoders=["libx264"], processor="Fast x2")
    task = factories.task(video)
    factories.claim(task)
    control.pause_task(task)
    shown = page(client)
    for words in ("Online", "Trim 00:01-00:02", "Paused", "libx264", "Fast x2", "cpu 1"):
        assert words in shown


def test_one_without_heartbeat_is_shown_as_offline(client: Client, owner: User) -> None:
    factories.worker_beat(seconds_ago=100)
    shown = page(client)
    assert "Offline" in shown
    assert "No workers are online" in shown


def test_it_is_no_page_for_everybody(owner: User, stranger: User) -> None:
    factories.worker_beat()
    visitor = Client()
    visitor.force_login(stranger)
    assert visitor.get("/workers/").status_code == 404

"""Health: the process answers, and everything it needs for its work is there."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tests import factories
from tests.servers.services import ValkeyServer
from vrewcraft.ops import health
from vrewcraft.ops.health import Check, Readiness

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def worker() -> None:
    """A worker that has just been heard of."""
    factories.worker_beat()


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    """The status, and each check by its name."""
    answer = client.get("/readyz")
    body = answer.json()
    assert body["status"] == ("ok" if answer.status_code == 200 else "failing")
    return answer.status_code, {check.pop("name"): check for check in body["checks"]}


class TestLive:
    """The process answers."""

    def test_it_answers_without_the_database(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(0):
            answer = client.get("/livez", headers={"authorization": "Bearer wrong"})
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert answer["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", ["/livez", "/readyz"])
    def test_it_is_only_read(self, client: Client, path: str) -> None:
        assert client.head(path).status_code in (200, 503)
        answer = client.post(path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")

    @pytest.mark.parametrize("path", ["/livez", "/readyz"])
    def test_another_hosts_name_is_refused(self, client: Client, path: str) -> None:
        answer = client.get(path, headers={"host": "elsewhere.example"})
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_host")


class TestReady:
    """Work can be done."""

    @pytest.mark.usefixtures("worker")
    def test_it_is_ready_with_all_that_work_needs(self, client: Client) -> None:
        status, checks = ready(client)
        assert status == 200
        assert set(checks) == {"database", "workers", "channelLayer", "disk"}
        assert {check["status"] for check in checks.values()} == {"ok"}
        assert checks["workers"]["sentence"] == "Workers seen in the last 20 s: 1."

    @pytest.mark.usefixtures("worker")
    def test_nobody_need_sign_in(self, client: Client, settings: Settings) -> None:
        settings.VREWCRAFT_MODE = "team"
        assert ready(client)[0] == 200

    def test_it_is_not_without_a_worker(self, client: Client) -> None:
        status, checks = ready(client)
        assert (status, checks["workers"]["status"]) == (503, "failing")
        assert checks["database"]["status"] == "ok"

    def test_probes_of_a_site_that_is_not_ready_fill_no_log(
        self, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert [ready(client)[0] for _ in range(3)] == [503] * 3
        assert caplog.messages == ["not ready: workers"]

    def test_a_worker_not_seen_for_a_lease_does_not_count(
        self, client: Client, settings: Settings
    ) -> None:
        factories.worker_beat(seconds_ago=settings.VREWCRAFT_LEASE_SECONDS + 1)
        assert ready(client)[0] == 503

    @pytest.mark.usefixtures("worker")
    def test_it_is_not_below_the_floor_of_free_disk(
        self, client: Client, settings: Settings
    ) -> None:
        settings.VREWCRAFT_DISK_FLOOR_BYTES = 2**62
        status, checks = ready(client)
        assert (status, checks["disk"]["status"]) == (503, "failing")

    @pytest.mark.usefixtures("worker")
    def test_a_missing_data_folder_is_said_without_its_path(
        self, client: Client, settings: Settings, tmp_path: Path
    ) -> None:
        settings.VREWCRAFT_DATA_DIR = tmp_path / "gone"
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "gone" not in answer.content.decode()

    def test_a_database_that_does_not_answer_is_said(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unreachable(*_: object) -> None:
            raise OperationalError("user=secret at /path")

        monkeypatch.setattr("videos.models.worker.WorkerBeatQuerySet.live", unreachable)
        status, checks = ready(client)
        assert status == 503
        assert checks["database"]["status"] == checks["workers"]["status"] == "failing"
        assert "secret" not in str(checks)

    @pytest.mark.usefixtures("worker")
    def test_it_costs_one_query_a_second_at_most(
        self,
        client: Client,
        settings: Settings,
        django_assert_num_queries: DjangoAssertNumQueries,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(health, "CACHE_SECONDS", 60)
        with django_assert_num_queries(1):
            assert [ready(client)[0] for _ in range(5)] == [200] * 5


class TestRedis:
    """The channel layer is asked, for a second at most."""

    def test_redis_that_answers_is_ready(self, valkey_url: str, settings: Settings) -> None:
        settings.REDIS_URL = valkey_url
        assert health._channel_layer() == Check("channelLayer", True, "Redis answers.")

    def test_redis_that_is_gone_is_said(self, settings: Settings, own_valkey: ValkeyServer) -> None:
        settings.REDIS_URL = f"redis://:{quote('pass word')}@127.0.0.1:{own_valkey.port}/0"
        own_valkey.stop()
        found = health._channel_layer()
        assert not found.ok
        assert "pass" not in found.sentence

    def test_redis_that_hangs_costs_a_second(
        self, settings: Settings, own_valkey: ValkeyServer
    ) -> None:
        settings.REDIS_URL = own_valkey.url
        assert own_valkey._process
        os.kill(own_valkey._process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            assert not health._channel_layer().ok
            assert time.monotonic() - began < 1.5
        finally:
            os.kill(own_valkey._process.pid, signal.SIGCONT)

    pytestmark = pytest.mark.valkey


class TestReadiness:
    """The checks, kept for a moment."""

    def test_what_was_found_is_kept_for_a_second(self, monkeypatch: pytest.MonkeyPatch) -> None:
        looks: list[int] = []

        def look() -> tuple[Check, ...]:
            looks.append(1)
            return ()

        readiness = Readiness(look)
        readiness.found()
        readiness.found()
        assert len(looks) == 1
        monkeypatch.setattr(time, "monotonic", lambda: readiness._until)
        readiness.found()
        assert len(looks) == 2

    def test_checks_that_hang_delay_no_others_for_long(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
        resume, looking = threading.Event(), threading.Event()

        def look() -> tuple[Check, ...]:
            looking.set()
            resume.wait(10)
            return ()

        readiness = Readiness(look)
        first = threading.Thread(target=readiness.found)
        first.start()
        assert looking.wait(10)
        (check,) = readiness.found()
        assert not check.ok
        resume.set()
        first.join()

    def test_only_changes_are_logged(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "CACHE_SECONDS", 0)
        found = [Check("disk", False, "")]
        readiness = Readiness(lambda: tuple(found))
        with caplog.at_level(logging.INFO):
            readiness.found()
            readiness.found()
            found.clear()
            readiness.found()
            readiness.found()
        assert caplog.messages == ["not ready: disk", "ready again"]

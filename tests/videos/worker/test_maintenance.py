"""What workers do beside tasks."""

from __future__ import annotations

import threading

import pytest

from tests.servers.live import wait_for
from videos.worker import maintenance
from videos.worker.maintenance import Job


@pytest.mark.django_db(transaction=True)
def test_a_job_is_repeated_until_the_worker_stops_whatever_it_raises(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    runs: list[None] = []

    def fails() -> None:
        runs.append(None)
        raise RuntimeError("out of luck")

    monkeypatch.setattr(maintenance, "jobs", lambda: (Job("broken job", 0.01, fails),))
    stopping = threading.Event()
    (thread,) = maintenance.threads(stopping)
    thread.start()
    wait_for(lambda: len(runs) > 2, 10, "the third run")
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()
    assert "broken job failed; retrying" in caplog.text


def test_each_job_has_a_name_of_its_own() -> None:
    names = [job.name for job in maintenance.jobs()]
    assert len(names) == len(set(names))

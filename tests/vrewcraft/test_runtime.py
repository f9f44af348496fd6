"""What lives in a process that serves begins when it is started, and is gone when it is stopped."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from progress import db_reader, process
from progress.connection_guard import current_guard
from progress.hub import current_hub, existing_hub
from progress.outbox import Outbox
from tests.servers.app import ROOT, clean_environment
from tests.work import until
from videos.services.uploads import transfer
from vrewcraft.runtime import Runtime

COUNT_THREADS = """
import os
import threading
import vrewcraft.asgi
system_threads = os.listdir("/proc/self/task")
print(vrewcraft.asgi.runtime.is_started, threading.active_count(), len(system_threads))
"""
BUCKET = {
    "VREWCRAFT_STORAGE": "s3",
    "AWS_STORAGE_BUCKET_NAME": "library",
    "AWS_S3_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


def names() -> set[str]:
    """The threads of this process, by name."""
    return {thread.name for thread in threading.enumerate()}


@pytest.fixture
def runtime(transactional_db: None, tmp_path: Path, settings: Settings) -> Iterator[Runtime]:
    """A runtime of the test's own."""
    settings.VREWCRAFT_DATA_DIR = tmp_path
    found = Runtime()
    yield found
    found.stop()


@pytest.fixture
def transfers(monkeypatch: pytest.MonkeyPatch) -> list[transfer.TransferThread]:
    """As where the library is a bucket, in which nothing is to be brought; what was started."""
    started: list[transfer.TransferThread] = []

    def start() -> transfer.TransferThread:
        started.append(transfer.TransferThread())
        started[-1].start()
        return started[-1]

    monkeypatch.setattr(transfer, "transfer_all", lambda _told: 0)
    monkeypatch.setattr(transfer, "start", start)
    return started


@pytest.mark.slow
@pytest.mark.parametrize("storage", [{}, BUCKET], ids=["folder", "bucket"])
def test_importing_the_application_starts_no_thread(
    storage: dict[str, str], tmp_path: Path
) -> None:
    counted = subprocess.run(
        [sys.executable, "-c", COUNT_THREADS],
        cwd=ROOT,
        env={**clean_environment(), **storage, "VREWCRAFT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    assert counted.stdout.split() == ["False", "1", "1"]


def test_a_folder_as_library_needs_no_transfer(runtime: Runtime) -> None:
    before = names()
    runtime.start()
    assert (runtime.transfer, runtime.worker, names()) == (None, None, before)


def test_its_threads_are_started_once_and_all_end(
    runtime: Runtime, transfers: list[transfer.TransferThread]
) -> None:
    before = names()
    runtime.start(run_worker=True)
    runtime.start(run_worker=True)
    assert {"transfer", "cpu-0", "copy-0", "probe-0", "watcher"} <= names()
    assert len(transfers) == 1
    runtime.stop_work()
    until(lambda: names() <= before)


def test_a_stopped_process_does_not_start_again(
    runtime: Runtime, transfers: list[transfer.TransferThread]
) -> None:
    runtime.start()
    runtime.stop()
    runtime.start()
    assert len(transfers) == 1
    assert "transfer" not in names()


async def test_live_delivery_ends_with_it(transactional_db: None) -> None:
    hub, guard = current_hub(), current_guard()
    await hub.join("video.1", Outbox(_never, lambda: None, "ann"))
    assert await db_reader.read(os.getpid) == os.getpid()
    tasks = [*hub._sources, guard._watching]
    assert len(tasks) == 3
    await asyncio.to_thread(Runtime().stop)
    await asyncio.wait(tasks, timeout=5)
    assert all(task.cancelled() for task in tasks)
    assert existing_hub() is None
    assert process.current == process.LiveProcess()
    assert not {name for name in names() if name.startswith("socket-reads")}


async def _never(_message: object) -> None:
    raise AssertionError("nothing is sent here")

"""The services of the wheels really start, come back, and never outlive the tests."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from tests.servers.processes import DidNotStart, DidNotStop, ServerProcess, answers
from tests.servers.services import PostgresServer, ValkeyServer, package_folder

START_AND_TELL = """
import time
from tests.servers.services import {service}
server = {service}()
server.start()
print(server.port, server.folder, flush=True)
time.sleep(60)
"""


@pytest.mark.postgres
def test_djangos_database_is_postgresql_where_the_run_says_so(db: None) -> None:
    from django.db import connection

    assert connection.vendor == "postgresql"


def test_each_test_gets_an_empty_postgresql_database(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        row = connection.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchone()
    assert row == (0,)


def test_postgresql_keeps_its_data_over_a_stop() -> None:
    with PostgresServer() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept (id int)")
        server.stop()
        server.start()
        with psycopg.connect(server.url) as connection:
            connection.execute("SELECT id FROM kept")
    assert not server.folder.exists()


def test_postgresql_starts_from_a_folder_that_only_root_may_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresServer, "_runs", lambda *_: False)
    with PostgresServer() as server:
        assert server.programs.is_relative_to(server.folder)
        psycopg.connect(server.url).close()


def test_valkey_answers(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.ping()


def test_valkey_comes_back_on_its_port_after_a_crash(own_valkey: ValkeyServer) -> None:
    before = own_valkey.url
    own_valkey.kill9()
    assert not answers(own_valkey.port)
    own_valkey.start()
    assert own_valkey.url == before
    with redis.Redis.from_url(before) as client:
        assert client.ping()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
@pytest.mark.parametrize("service", ["PostgresServer", "ValkeyServer"])
def test_a_service_ends_with_the_process_that_started_it(service: str) -> None:
    script = START_AND_TELL.format(service=service)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        port, folder = starter.stdout.readline().decode().split()
        assert answers(int(port))
        os.kill(starter.pid, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while answers(int(port)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not answers(int(port))
    shutil.rmtree(folder)


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    process = ServerProcess(
        [sys.executable, "-c", "print('no such disk'); raise SystemExit(3)"], log=tmp_path / "log"
    )
    with pytest.raises(DidNotStart, match=r"ended with 3(.|\n)*no such disk"):
        process.wait_until(lambda: False)


def test_a_program_that_never_answers_is_killed(tmp_path: Path) -> None:
    process = ServerProcess(["/bin/sleep", "60"], log=tmp_path / "log")
    with pytest.raises(DidNotStart, match="not ready after 0 s"):
        process.wait_until(lambda: False, seconds=0.2)
    assert not process.running


def test_a_program_that_ignores_its_signal_is_killed_and_reported(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)"
    process = ServerProcess([sys.executable, "-u", "-c", stubborn], log=tmp_path / "log")
    process.wait_until(lambda: process.log.read_text() == "1\n")
    with pytest.raises(DidNotStop, match="ran on"):
        process.stop(seconds=0.3)
    assert not process.running


def test_a_missing_wheel_is_named_with_its_remedy() -> None:
    with pytest.raises(DidNotStart, match="make install-dev"):
        package_folder("no_such_wheel")


def test_a_service_leaves_no_folder_behind() -> None:
    with ValkeyServer() as service:
        assert service.folder.is_dir()
    assert not service.folder.exists()

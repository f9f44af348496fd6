"""Fixtures that start real services once a session, and real servers for one test."""

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest

from tests.servers.app import Kind, RunningServer
from tests.servers.s3 import S3Server
from tests.servers.services import (
    NAMED_POSTGRES,
    NAMED_VALKEY,
    PostgresServer,
    ScratchDatabase,
    ValkeyServer,
)

STARTED = pytest.StashKey[list[RunningServer]]()


class StartServer(Protocol):
    """Starts a VrewCraft that is stopped when the test ends."""

    def __call__(
        self, *, kind: Kind = "daphne", env: Mapping[str, str] | None = None
    ) -> RunningServer:
        """Return it once it answers."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL whose user may create databases: the named one, else the wheel's."""
    named = os.environ.get(NAMED_POSTGRES)
    if named:
        yield named
        return
    with PostgresServer() as server:
        yield server.url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that only this test has."""
    with ScratchDatabase(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A Valkey or Redis for all tests: the named one, else the wheel's."""
    named = os.environ.get(NAMED_VALKEY)
    if named:
        yield named
        return
    with ValkeyServer() as server:
        yield server.url


@pytest.fixture
def own_valkey() -> Iterator[ValkeyServer]:
    """A Valkey that only this test has, to stop, kill and start again."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """An S3 service for all tests."""
    with S3Server() as server:
        yield server


@pytest.fixture
def s3_bucket(s3_server: S3Server) -> str:
    """The name of an empty bucket that only this test has."""
    name = f"test-{uuid4().hex}"
    s3_server.client().create_bucket(Bucket=name)
    return name


@pytest.fixture
def start_server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[StartServer]:
    """Start a VrewCraft with its own data folder; what it wrote is shown when the test fails."""
    servers: list[RunningServer] = []
    request.node.stash[STARTED] = servers
    with ExitStack() as stack:

        def start(*, kind: Kind = "daphne", env: Mapping[str, str] | None = None) -> RunningServer:
            server = RunningServer(tmp_path / f"data{len(servers)}", kind=kind, env=env)
            servers.append(server)
            return stack.enter_context(server)

        yield start


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the servers' last lines beside a failure."""
    report = yield
    if report.failed:
        for server in item.stash.get(STARTED, []):
            report.sections.append((f"log of {server.base_url}", server.tail()))
    return report

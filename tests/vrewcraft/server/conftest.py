"""Servers for the tests of serving, each a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.vrewcraft.server.server_process import ServerProcess

Serve = Callable[[str, str], ServerProcess]


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both servers must keep the same contract."""
    return str(request.param)


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts a server with an application; ended after the module's tests."""
    started: list[ServerProcess] = []

    def serve(kind: str, application: str) -> ServerProcess:
        started.append(ServerProcess(kind, application, tmp_path_factory.mktemp("served")))
        return started[-1]

    yield serve
    for server in started:
        server.close()


@pytest.fixture(scope="module")
def server(kind: str, serve: Serve) -> ServerProcess:
    """The tiny application under each server in turn."""
    return serve(kind, "tiny")


@pytest.fixture(scope="module")
def django_server(kind: str, serve: Serve) -> ServerProcess:
    """The small Django site under each server in turn."""
    return serve(kind, "django")


@pytest.fixture
def own(kind: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """The tiny application under a server of the test's own."""
    server = ServerProcess(kind, "tiny", tmp_path)
    yield server
    server.close()

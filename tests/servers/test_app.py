"""A whole VrewCraft starts for a test, stops in good order, and comes back after a crash."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.app import Kind, RunningServer, clean_environment
from tests.servers.processes import answers

pytestmark = [pytest.mark.functional, pytest.mark.slow]


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningServer]:
    kind: Kind = request.param
    with RunningServer(tmp_path / "data", kind=kind) as running:
        yield running


def test_it_answers_with_a_token_of_its_own(server: RunningServer) -> None:
    call = urllib.request.Request(f"{server.base_url}/api/videos")
    call.add_header("Authorization", f"Bearer {server.token}")
    with urllib.request.urlopen(call, timeout=10) as answer:
        assert answer.status == 200


def test_it_stops_in_good_order(server: RunningServer) -> None:
    assert server.stop() in ([0], [-15, 0])
    assert not answers(server.port)


def test_it_serves_at_the_same_address_after_a_crash(server: RunningServer) -> None:
    before = server.token
    server.kill9()
    assert not answers(server.port)
    server.start()
    assert server.token == before


def test_the_shell_of_the_tests_changes_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VREWCRAFT_MODE", "team")
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/library")
    assert not {"VREWCRAFT_MODE", "DATABASE_URL"} & set(clean_environment())

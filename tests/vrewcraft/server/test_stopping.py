"""How each server starts and ends, as `serve` runs it."""

from __future__ import annotations

import http.client
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Literal

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.vrewcraft.server.server_app import STOP_SECONDS
from tests.vrewcraft.server.server_process import STDERR, ServerProcess, start

pytestmark = pytest.mark.functional

CUT_STATUS = {"daphne": 503, "uvicorn": 500}
"""What a client hears whose request is ended unanswered, if it hears anything."""


class Request(threading.Thread):
    """A request under way; `outcome` is its answer's status and body, or "cut"."""

    def __init__(self, server: ServerProcess, path: str) -> None:
        super().__init__()
        self.server = server
        self.path = path
        self.outcome: tuple[int, bytes] | Literal["cut"] = "cut"
        self.start()
        server.await_under_way(1)

    def run(self) -> None:
        try:
            self.outcome = self.server.get(self.path)
        except (OSError, http.client.HTTPException):
            self.outcome = "cut"


def assert_clean(server: ServerProcess, timeout: float = 20, *, cuts: bool = False) -> str:
    """It ends with 0 and without a complaint; gives what it printed."""
    code, out, err = server.ended(timeout)
    assert code == 0
    # uvicorn logs the traceback of a request that it cuts.
    assert "Traceback" not in err or (cuts and server.kind == "uvicorn")
    assert "never" not in err
    return out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once(own: ServerProcess, number: signal.Signals) -> None:
    assert own.get("/running")[0] == 200
    with socket.create_connection(("127.0.0.1", own.port)):
        own.signal(number)
        own.await_line("stopping")
        assert assert_clean(own, timeout=STOP_SECONDS - 1) == "stopped\n"


def test_open_sockets_are_closed_with_1012_and_their_application_ends(
    own: ServerProcess,
) -> None:
    with connect(f"ws://127.0.0.1:{own.port}/") as client:
        client.send("hello")
        client.recv()
        own.signal()
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert "disconnected 1012" in assert_clean(own)


def test_a_request_under_way_is_answered(own: ServerProcess) -> None:
    request = Request(own, "/wait?n=1")
    own.signal()
    assert_clean(own)
    request.join()
    assert request.outcome == (200, b"waited")


def test_a_stream_under_way_reaches_its_reader_whole(own: ServerProcess) -> None:
    connection = own.connection()
    connection.request("GET", "/stream?n=50")
    response = connection.getresponse()
    own.signal()
    own.await_line("stopping")
    assert len(response.read()) == 50 * 1024 * 1024
    assert_clean(own)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/wait?n=60", "/block?n=60"])
def test_a_request_that_takes_too_long_is_cut(own: ServerProcess, path: str) -> None:
    request = Request(own, path)
    own.signal()
    assert_clean(own, cuts=True)
    request.join()
    assert request.outcome == "cut" or request.outcome[0] == CUT_STATUS[own.kind]


@pytest.mark.slow
def test_a_stalled_reader_does_not_delay_the_end(own: ServerProcess) -> None:
    connection = own.connection()
    connection.request("GET", "/stream?n=300")
    connection.getresponse()
    own.signal()
    assert_clean(own, cuts=True)


def test_a_second_signal_ends_it_at_once(own: ServerProcess) -> None:
    request = Request(own, "/wait?n=60")
    own.signal()
    own.await_line("stopping")
    time.sleep(0.6)  # sooner, it would be the first one heard again
    own.signal()
    code, out, _ = own.ended(timeout=STOP_SECONDS - 1)
    request.join()
    assert (code, out) == (1, "")


def test_a_signal_that_comes_twice_at_once_is_one(own: ServerProcess) -> None:
    request = Request(own, "/wait?n=1")
    own.signal()
    own.signal()
    assert_clean(own)
    request.join()


def test_no_connection_is_taken_once_it_stops(own: ServerProcess) -> None:
    request = Request(own, "/wait?n=1")
    own.signal()
    own.await_line("stopping")
    # A connection that the system had queued already is reset.
    with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
        own.get("/running")
    assert_clean(own)
    request.join()


def test_a_taken_port_is_a_sentence_and_nothing_starts(kind: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(kind, "tiny", tmp_path, port)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == ""
    assert (
        f"Port {port} on 127.0.0.1 is in use by another program." in (tmp_path / STDERR).read_text()
    )

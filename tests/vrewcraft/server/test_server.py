"""One contract for both servers: the built-in one and uvicorn with the middleware."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.vrewcraft.server.server_process import MIB, ServerProcess

pytestmark = pytest.mark.functional

HEADERS = b"Host: 127.0.0.1\r\n"


def exchange(server: ServerProcess, request: bytes, *, until: bytes) -> bytes:
    """What comes back over one raw connection, up to a mark."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request)
        return read_until(connection, until)


def read_until(connection: socket.socket, mark: bytes) -> bytes:
    """Read up to a mark, or to the end."""
    received = b""
    while mark not in received:
        piece = connection.recv(65536)
        if not piece:
            break
        received += piece
    return received


def zeros(count: int) -> Iterator[bytes]:
    """A body of so many MiB, sent without saying how long it is."""
    for _ in range(count):
        yield bytes(MIB)


def sent(server: ServerProcess, size: int) -> bytes:
    """What the server says of a body of this size."""
    connection = server.connection()
    connection.request("POST", "/api/upload", body=bytes(size))
    return connection.getresponse().read()


def test_a_connection_serves_several_requests(server: ServerProcess) -> None:
    connection = server.connection()
    sockets = set()
    for _ in range(3):
        connection.request("POST", "/length", body=b"x" * 100)
        assert connection.getresponse().read() == b"100 1 100"
        sockets.add(connection.sock)
    assert len(sockets) == 1


def test_pipelined_requests_are_answered_in_order(server: ServerProcess) -> None:
    lengths = b"".join(
        b"POST /length HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s" % (HEADERS, n, b"x" * n)
        for n in (1, 22, 333)
    )
    received = exchange(server, lengths, until=b"333 1 333")
    order = [received.index(text) for text in (b"1 1 1", b"22 1 22", b"333 1 333")]
    assert order == sorted(order)


def test_a_client_that_waits_for_100_is_invited_to_send(server: ServerProcess) -> None:
    head = b"POST /length HTTP/1.1\r\n%sContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head % HEADERS)
        assert read_until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"12345")
        assert b"5 1 5" in read_until(connection, b"5 1 5")


def test_a_client_that_waits_for_100_is_refused_before_it_sends(server: ServerProcess) -> None:
    head = b"POST /length HTTP/1.1\r\n%sContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
    received = exchange(server, head % HEADERS, until=b"}")
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in received


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "counted"])
def test_a_body_over_the_limit_is_refused_with_words(server: ServerProcess, chunked: bool) -> None:
    connection = server.connection()
    connection.request("POST", "/missing", body=zeros(3) if chunked else bytes(3 * MIB))
    response = connection.getresponse()
    answer = json.loads(response.read())
    assert response.status == 413
    assert answer["code"] == "too_large"
    assert "2 MiB" in answer["error"]
    assert answer["remedy"]


def test_an_upload_may_be_larger_than_other_bodies(server: ServerProcess) -> None:
    connection = server.connection()
    connection.request("POST", "/api/upload", body=zeros(20))
    total, _, largest = connection.getresponse().read().split()
    assert int(total) == 20 * MIB
    assert int(largest) <= MIB


def test_bodies_that_stall_or_break_off_do_not_delay_the_others(
    server: ServerProcess,
) -> None:
    half = b"POST /api/upload HTTP/1.1\r\n%sContent-Length: 2000000\r\n\r\n" % HEADERS
    half += bytes(1_000_000)
    address = ("127.0.0.1", server.port)
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        slow = [stack.enter_context(socket.create_connection(address, 10)) for _ in range(4)]
        for connection in slow:
            connection.sendall(half)
        lengths = list(pool.map(lambda _: sent(server, 8 * MIB), range(8)))
        assert [text.split()[0] for text in lengths] == [b"8388608"] * 8
        for connection in slow[:2]:
            connection.close()
        for connection in slow[2:]:
            connection.sendall(bytes(1_000_000))
            assert b"2000000" in read_until(connection, b"2000000")


def test_a_stream_ends_when_its_client_leaves(server: ServerProcess) -> None:
    request = b"GET /stream?n=2000 HTTP/1.1\r\n%s\r\n" % HEADERS
    exchange(server, request, until=b"\r\n\r\n")
    server.await_under_way(0)


def test_a_failure_is_a_500(server: ServerProcess) -> None:
    assert server.get("/fail")[0] == 500


def test_a_failure_in_mid_answer_shows_as_a_cut(server: ServerProcess) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        server.get("/fail?n=1")
    assert server.get("/running")[0] == 200


def test_a_request_that_nobody_answers_is_ended(server: ServerProcess) -> None:
    assert server.get("/give-up")[0] in (500, 503)


def test_a_socket_carries_text_both_ways(server: ServerProcess) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/") as client:
        client.send("hello")
        assert client.recv() == "hello"


@pytest.mark.parametrize("code", [1000, 1011, 4003])
def test_an_application_closes_with_any_code(server: ServerProcess, code: int) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/") as client:
        client.send(f"close {code}")
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


def test_a_message_past_the_limit_closes_the_socket(server: ServerProcess) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/") as client:
        client.send("x" * 16_384)
        assert len(client.recv()) == 16_384
        client.send("x" * 16_385)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_a_text_that_is_no_utf_8_closes_the_socket(server: ServerProcess) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/") as client:
        client.send(b"\xff\xfe", text=True)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1007


@pytest.mark.parametrize("length", [1, 125, 126, 65_535, 65_536, 300_000])
def test_a_text_of_any_length_is_sent_as_one_message(server: ServerProcess, length: int) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/", max_size=None) as client:
        client.send(f"repeat {length}")
        assert client.recv() == "한" * length
        client.send("more")
        assert client.recv() == "more"


def test_deflate_is_offered_and_declined(server: ServerProcess) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/", compression="deflate") as client:
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers


def test_many_messages_at_once_all_arrive_in_order(server: ServerProcess) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/") as client:
        for number in range(1000):
            client.send(str(number))
        assert [client.recv() for _ in range(1000)] == [str(number) for number in range(1000)]

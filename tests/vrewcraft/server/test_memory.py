"""Large bodies and slow readers cost both servers a few megabytes, whatever their size."""

from __future__ import annotations

import hashlib
import http.client
import time
from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from tests.vrewcraft.server.server_process import MIB, ServerProcess

pytestmark = pytest.mark.functional

LARGE = 300
BOUNDARY = "mark"


def parts(count: int) -> Iterator[bytes]:
    """A form with a file of so many MiB."""
    yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="video"; '.encode()
    yield b'filename="large.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
    for _ in range(count):
        yield bytes(MIB)
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def growth(server: ServerProcess, before: int) -> int:
    """How many bytes more than before it held at its peak; printed, for `pytest -rP`."""
    grown = server.peak() - before
    print(f"{server.kind}: {grown / MIB:.1f} MiB")
    return grown


def read_all(response: http.client.HTTPResponse) -> int:
    """How many bytes an answer still holds."""
    total = 0
    while piece := response.read(MIB):
        total += len(piece)
    return total


@pytest.mark.slow
def test_a_stalled_reader_costs_little_and_loses_nothing(server: ServerProcess) -> None:
    before = server.resident()
    connection = server.connection()
    connection.request("GET", f"/stream?n={LARGE}")
    response = connection.getresponse()
    time.sleep(1)
    assert growth(server, before) < 16 * MIB
    assert read_all(response) == LARGE * MIB


@pytest.mark.slow
def test_a_stalled_socket_costs_little_and_loses_nothing(server: ServerProcess) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/", max_queue=1) as client:
        before = server.resident()
        client.send(f"stream {LARGE}")
        time.sleep(1)
        assert growth(server, before) < 24 * MIB
        assert sum(len(client.recv()) for _ in range(LARGE)) == LARGE * MIB
        assert client.recv() == "end"


@pytest.mark.slow
def test_a_refused_body_costs_little(server: ServerProcess) -> None:
    before = server.resident()
    connection = server.connection()
    connection.request("POST", "/missing", body=(bytes(MIB) for _ in range(LARGE)))
    assert connection.getresponse().status == 413
    assert growth(server, before) < 16 * MIB


@pytest.mark.slow
def test_an_upload_reaches_the_disk_through_little_memory(django_server: ServerProcess) -> None:
    before = django_server.resident()
    connection = django_server.connection()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection.request("POST", "/api/upload", body=parts(200), headers=headers)
    assert connection.getresponse().status == 201
    assert growth(django_server, before) < 32 * MIB
    kept = django_server.folder / "kept.bin"
    assert kept.stat().st_size == 200 * MIB
    assert list((django_server.folder / "incoming").iterdir()) == []


@pytest.mark.slow
def test_a_file_is_served_to_a_stalled_reader_through_little_memory(
    django_server: ServerProcess,
) -> None:
    with (django_server.folder / "large.bin").open("wb") as file:
        file.truncate(LARGE * MIB)
    before = django_server.resident()
    connection = django_server.connection()
    connection.request("GET", "/file")
    response = connection.getresponse()
    time.sleep(1)
    assert read_all(response) == LARGE * MIB
    assert growth(django_server, before) < 24 * MIB


def test_a_range_is_the_same_bytes_under_both_servers(django_server: ServerProcess) -> None:
    content = b"".join(hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(40_000))
    (django_server.folder / "large.bin").write_bytes(content)
    connection = django_server.connection()
    connection.request("GET", "/file", headers={"Range": "bytes=1000-999999"})
    response = connection.getresponse()
    assert (response.status, response.read()) == (206, content[1000:1_000_000])
    connection.request("HEAD", "/file")
    response = connection.getresponse()
    assert response.headers["Content-Length"] == str(len(content))
    assert response.read() == b""


def test_a_reader_that_leaves_lets_go_of_the_file(django_server: ServerProcess) -> None:
    with (django_server.folder / "large.bin").open("wb") as file:
        file.truncate(LARGE * MIB)
    connection = django_server.connection()
    connection.request("GET", "/file")
    response = connection.getresponse()
    response.read(MIB)
    assert "large.bin" in django_server.open_files()
    response.close()
    connection.close()
    deadline = time.monotonic() + 20
    while "large.bin" in django_server.open_files():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_cut_upload_leaves_nothing(django_server: ServerProcess) -> None:
    connection = django_server.connection()
    body = b"".join(parts(3))[: 2 * MIB]
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection.request("POST", "/api/upload", body=body, headers=headers)
    assert connection.getresponse().status == 400
    connection.putrequest("POST", "/api/upload")
    connection.putheader("Content-Length", str(10 * MIB))
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.endheaders(body)
    connection.close()
    assert django_server.get("/nothing")[0] == 404
    assert list((django_server.folder / "incoming").iterdir()) == []

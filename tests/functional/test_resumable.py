"""Uploads that are cut off go on where they stood, whoever was at fault."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import tusclient.client

from scripts.js import node
from tests.clips import bunny
from tests.servers.app import ROOT, RunningServer
from tests.servers.fixtures import StartServer
from tests.servers.live import Listener, Program
from tests.tus_client import TusClient, TusRefused

pytestmark = [pytest.mark.functional, pytest.mark.slow, pytest.mark.timeout(300)]

MIB = 1024 * 1024
FOLDER = ROOT / "tests" / "js"
KINDS = ["daphne", "uvicorn"]


def padded(folder: Path, size: int) -> Path:
    """A real film with `size` bytes after it, which players and probes skip."""
    path = folder / "강의.mp4"
    free = size.to_bytes(4, "big") + b"free" + os.urandom(size - 8)
    path.write_bytes(bunny().read_bytes() + free)
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kept(server: RunningServer, video_id: str) -> Path:
    """The source in the server's library."""
    (path,) = (server.data_dir / "library" / "sources" / video_id).rglob("source*")
    return path


def left_in_incoming(server: RunningServer) -> list[str]:
    return [path.name for path in (server.data_dir / "incoming").iterdir()]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """41 MiB: five chunks and a bit."""
    return padded(tmp_path, 40 * MIB)


@pytest.mark.parametrize("kind", KINDS)
def test_an_upload_outlives_kill_9_of_the_server(
    start_server: StartServer, film: Path, kind: Any
) -> None:
    server = start_server(kind=kind)
    client = TusClient(server.base_url, server.token)
    begun = client.create(film)
    acknowledged = client.send(begun, film, most_chunks=2)
    _kill_in_mid_chunk(server, client, begun.url, film, acknowledged)
    server.start()
    assert client.offset(begun) >= acknowledged
    assert client.send(begun, film) == film.stat().st_size
    client.close()
    with Program(server) as program:
        assert program.ready(begun.video_id)["name"] == film.name
    assert sha256(kept(server, begun.video_id)) == sha256(film)
    assert left_in_incoming(server) == []


def _kill_in_mid_chunk(
    server: RunningServer, client: TusClient, url: str, film: Path, offset: int
) -> None:
    """Kill while a chunk is half sent."""
    half, killed = threading.Event(), threading.Event()

    def body() -> Iterator[bytes]:
        with film.open("rb") as file:
            file.seek(offset)
            yield file.read(3 * MIB)
            half.set()
            killed.wait(20)
            yield file.read(3 * MIB)

    def send() -> None:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Authorization": f"Bearer {server.token}",
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(6 * MIB),
            "Upload-Offset": str(offset),
        }
        with pytest.raises(httpx.HTTPError):
            httpx.patch(f"{server.base_url}{url}", headers=headers, content=body(), timeout=30)

    sender = threading.Thread(target=send)
    sender.start()
    assert half.wait(20)
    server.kill9()
    killed.set()
    sender.join(30)


@pytest.mark.parametrize("kind", KINDS)
def test_two_that_write_at_once_never_spoil_the_file(
    start_server: StartServer, film: Path, kind: Any
) -> None:
    server = start_server(kind=kind)
    clients = [TusClient(server.base_url, server.token, chunk_bytes=MIB) for _ in range(2)]
    begun = clients[0].create(film)
    statuses: set[int] = set()

    def race(client: TusClient) -> None:
        """Send as if alone; a conflict means asking anew where it stands."""
        while client.offset(begun) < film.stat().st_size:
            try:
                client.send(begun, film)
            except TusRefused as refused:
                statuses.add(refused.status)

    threads = [threading.Thread(target=race, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    for client in clients:
        client.close()
    assert statuses <= {409, 423}
    with Program(server) as program:
        program.ready(begun.video_id)
    assert sha256(kept(server, begun.video_id)) == sha256(film)


def test_other_windows_follow_its_progress(site: RunningServer, film: Path) -> None:
    client = TusClient(site.base_url, site.token)
    with Listener(site, "*") as listener:
        begun = client.create(film)
        client.send(begun, film)
        ready = listener.wait("video", video_id=begun.video_id, state="ready")
        said = [item for item in listener.received if item.video_id == begun.video_id]
    client.close()
    progress = [item.data for item in said if item.data.get("operation") == "upload"]
    percents = [data["percent"] for data in progress]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0, 100)
    assert len(percents) >= 3
    assert {data["message"] for data in progress} == {"Uploading"}
    assert [data["seq"] for data in progress] == sorted({data["seq"] for data in progress})
    assert ready.data["name"] == film.name


def test_a_window_that_opens_later_gets_its_progress(site: RunningServer, film: Path) -> None:
    client = TusClient(site.base_url, site.token)
    begun = client.create(film)
    client.send(begun, film, most_chunks=2)
    with Listener(site) as listener:
        snapshot = listener.subscribe(begun.video_id).data
        everything = listener.subscribe("*").data["videos"][begun.video_id]
    client.close()
    share = 100 * 16 * MIB / film.stat().st_size
    assert snapshot["upload"]["percent"] == pytest.approx(share, abs=0.01)
    assert everything["upload"] == snapshot["upload"]
    assert (snapshot["video"]["state"], snapshot["tasks"]) == ("arriving", [])


def test_tus_js_client_stops_and_a_new_one_goes_on(site: RunningServer, film: Path) -> None:
    if not (FOLDER / "node_modules" / "tus-js-client").exists():
        pytest.skip("npm packages are missing: run make test-js")
    storage = film.with_suffix(".json")
    first = _node_upload(site, film, storage, stop_at=16 * MIB)
    second = _node_upload(site, film, storage)
    assert first == {"stopped": first["stopped"]}
    assert first["stopped"] >= 16 * MIB
    assert second["resumedFrom"] == first["stopped"]
    assert second["acknowledged"] == sorted(second["acknowledged"])
    with Program(site) as program:
        program.ready(second["videoId"])
    assert sha256(kept(site, second["videoId"])) == sha256(film)


def test_tus_js_client_says_the_length_at_the_end(site: RunningServer, film: Path) -> None:
    if not (FOLDER / "node_modules" / "tus-js-client").exists():
        pytest.skip("npm packages are missing: run make test-js")
    said = _node_upload(site, film, film.with_suffix(".json"), defer=True)
    assert said["acknowledged"][-1] == film.stat().st_size
    with Program(site) as program:
        program.ready(said["videoId"])
    assert sha256(kept(site, said["videoId"])) == sha256(film)


def test_tuspy_stops_and_goes_on_with_checksums(site: RunningServer, film: Path) -> None:
    headers = {"Authorization": f"Bearer {site.token}"}
    client = tusclient.client.TusClient(f"{site.base_url}/api/uploads/", headers=headers)
    with film.open("rb") as file:
        first = client.uploader(
            file_stream=file,
            chunk_size=3 * MIB,
            metadata={"filename": film.name},
            upload_checksum=True,
        )
        first.upload(stop_at=10 * MIB)
        second = client.uploader(
            file_stream=file, chunk_size=8 * MIB, url=first.url, upload_checksum=True
        )
        assert second.offset == first.offset >= 10 * MIB
        second.upload()
    answer = httpx.head(str(first.url), headers={**headers, "Tus-Resumable": "1.0.0"})
    with Program(site) as program:
        assert program.ready(answer.headers["Video-Id"])["name"] == film.name
    assert sha256(kept(site, answer.headers["Video-Id"])) == sha256(film)


def test_a_request_that_stalls_delays_no_other(site: RunningServer, film: Path) -> None:
    client = TusClient(site.base_url, site.token)
    begun = client.create(film)
    head = (
        f"PATCH {begun.url} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
        f"Authorization: Bearer {site.token}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        "Content-Type: application/offset+octet-stream\r\nContent-Length: 1000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as stalled:
        stalled.sendall(head.encode() + b"x" * 500)
        assert client.send(begun, film) == film.stat().st_size
        stalled.sendall(b"x" * 500)
        assert stalled.recv(1000).startswith(b"HTTP/1.1 409 ")
    client.close()
    with Program(site) as program:
        program.ready(begun.video_id)
    assert sha256(kept(site, begun.video_id)) == sha256(film)


def _node_upload(
    site: RunningServer, film: Path, storage: Path, *, stop_at: int = 0, defer: bool = False
) -> dict[str, Any]:
    words = [str(node()), "tus-client.js", f"{site.base_url}/api/uploads/", site.token]
    words += [str(film), str(storage), str(stop_at), *(["defer"] if defer else [])]
    done = subprocess.run(words, cwd=FOLDER, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said

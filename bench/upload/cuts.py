"""Uploads that are cut at random: the client killed, the connection reset, the server killed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from bench.harness.child import child
from bench.harness.client import MIB, Client, Unexpected
from bench.harness.figures import Report
from bench.upload.files import is_stored, random_file
from tests.servers.app import RunningServer

CUTS, FILES, SEED = 300, 10, 7
CUTS_PER_UPLOAD = 4
LATEST_CLIENT_SECONDS, LATEST_SERVER_SECONDS = 0.15, 0.6
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.02
# Another request is being written, or has been: a client asks anew where it stands.
BUSY = (409, 423)


def cuts(folder: Path, report: Report) -> None:
    """Upload files side by side, each cut again and again, until there were enough cuts."""
    paths = [random_file(folder / f"{n}.mp4", 6 * MIB + n, seed=n + 2) for n in range(FILES)]
    with RunningServer(folder / "cuts") as server:
        cutter = Cutter(server, CUTS)
        cutter.run(paths)
    report.at_most("acknowledged bytes lost", cutter.lost, 0)
    report.at_most("wrong SHA-256", cutter.wrong, 0)


class Cutter:
    """Makes a third of each kind of cut, and counts what they cost."""

    def __init__(self, server: RunningServer, required: int) -> None:
        self.lost = 0
        """Acknowledged bytes that the server no longer had."""
        self.wrong = 0
        self._server = server
        self._random = random.Random(SEED)
        self._by_clients = [self._kill_client, self._reset] * (required // 3)
        self._random.shuffle(self._by_clients)
        self._by_server = required - len(self._by_clients)
        self._lock = threading.Lock()
        self._is_up = threading.Event()
        self._is_up.set()

    def run(self, paths: list[Path]) -> None:
        """Cuts by clients first, then the server is killed under all of them."""
        with ThreadPoolExecutor(len(paths) + 1) as pool:
            list(pool.map(self._cut_by_clients, paths))
            killing = pool.submit(self._kill_servers)
            list(pool.map(self._outlive_servers, paths))
            killing.result()

    def _client(self) -> Client:
        return Client(self._server.port, self._server.token)

    def _cut_by_clients(self, path: Path) -> None:
        size = path.stat().st_size
        while self._by_clients:
            with self._client() as client:
                location, video_id = client.create(size)
            known, cuts_left = 0, CUTS_PER_UPLOAD
            while known < size:
                with self._lock:
                    cut = self._by_clients.pop() if cuts_left and self._by_clients else None
                if cut:
                    known, cuts_left = cut(location, path, known), cuts_left - 1
                    continue
                with self._client() as client:
                    known = self._continue(client, location, path, known)
            self._compare(path, video_id)

    def _kill_client(self, location: str, path: Path, known: int) -> int:
        """A process that sends, ended by SIGKILL in the middle; what was acknowledged."""
        server = self._server
        with child(send_rest, server.port, server.token, location, path) as (pid, offsets):
            offsets.recv()  # it has begun
            time.sleep(self._random.uniform(0, LATEST_CLIENT_SECONDS))
            os.kill(pid, signal.SIGKILL)
            with suppress(EOFError):
                while True:
                    known = max(known, offsets.recv())
        return known

    def _reset(self, location: str, path: Path, known: int) -> int:
        """Reset the connection in mid-chunk, after some whole ones."""
        size = path.stat().st_size
        with self._client() as client, path.open("rb") as file:
            for _ in range(self._random.randrange(3)):
                known = self._continue(client, location, path, known)
            if known < size:
                chunk = min(MIB, size - known)
                client.cut_chunk(location, file, known, chunk, self._random.randrange(chunk))
        return known

    def _kill_servers(self) -> None:
        while self._by_server > 0:
            time.sleep(self._random.uniform(0.1, LATEST_SERVER_SECONDS))
            self._is_up.clear()
            self._server.kill9()
            self._server.start()
            self._is_up.set()

    def _outlive_servers(self, path: Path) -> None:
        while self._by_server > 0:
            location, video_id, known, size = "", "", 0, path.stat().st_size
            while known < size:
                self._is_up.wait(PATIENCE_SECONDS)
                try:
                    with self._client() as client:
                        if not location:
                            location, video_id = client.create(size)
                        known = self._continue(client, location, path, known)
                except OSError:
                    with self._lock:
                        self._by_server -= bool(location)
                    time.sleep(PAUSE_SECONDS)
            self._compare(path, video_id)

    def _continue(self, client: Client, location: str, path: Path, known: int) -> int:
        """Ask where it stands, hold that against what was acknowledged, send one chunk."""
        offset, size = client.offset(location), path.stat().st_size
        with self._lock:
            self.lost += max(0, known - offset)
        if offset == size:
            return offset
        with path.open("rb") as file:
            try:
                return client.send_chunk(location, file, offset, min(MIB, size - offset))
            except Unexpected as unexpected:
                if unexpected.status not in BUSY:
                    raise
                time.sleep(PAUSE_SECONDS)
                return offset

    def _compare(self, path: Path, video_id: str) -> None:
        is_wrong = not is_stored(self._server, video_id, path)
        with self._lock:
            self.wrong += is_wrong
        # Where the server is away, it stays in the library.
        with suppress(OSError), self._client() as client:
            client.ask("DELETE", f"/api/videos/{video_id}")


def send_rest(offsets: Connection, port: int, token: str, location: str, path: Path) -> None:
    """A client to be killed: reports every offset that the server acknowledged, and waits then."""
    size = path.stat().st_size
    with Client(port, token) as client, path.open("rb") as file:
        offset = client.offset(location)
        offsets.send("began")
        while offset < size:
            offset = client.send_chunk(location, file, offset, min(MIB, size - offset))
            offsets.send(offset)
        time.sleep(PATIENCE_SECONDS)

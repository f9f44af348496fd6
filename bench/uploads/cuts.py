"""Uploads that are cut at random: the client killed, the connection reset, the server killed."""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen

from bench.uploads.client import MIB, Client, Site, Unexpected, source_of
from bench.uploads.proof import sha256
from tests.servers.app import ROOT, RunningServer

CLIENT, RESET, SERVER = "client killed", "connection reset", "server killed"
CUTS_PER_UPLOAD = 4
LATEST_CLIENT_SECONDS, LATEST_SERVER_SECONDS = 0.15, 0.6
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.02
# Another request is being written, or has been: a client asks anew where it stands.
BUSY = (409, 423)


@dataclass(slots=True)
class Cuts:
    """How often each kind came, and what it cost."""

    made: dict[str, int] = field(default_factory=lambda: {CLIENT: 0, RESET: 0, SERVER: 0})
    lost: int = 0
    """Acknowledged bytes that the server no longer had."""
    uploads: int = 0
    wrong: int = 0
    """Finished files with another SHA-256 than the client's."""


class Cutter:
    """Uploads files side by side, each cut again and again, until there were enough cuts."""

    def __init__(self, server: RunningServer, paths: list[Path], wanted: int, seed: int) -> None:
        self.found = Cuts()
        self._server = server
        self._paths = paths
        third = wanted // 3
        self._wanted = {CLIENT: third, RESET: third, SERVER: wanted - 2 * third}
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._up = threading.Event()
        self._up.set()

    def run(self) -> Cuts:
        """Cuts by clients first, then the server is killed under all of them."""
        with ThreadPoolExecutor(len(self._paths) + 1) as pool:
            list(pool.map(self._cut_by_clients, self._paths))
            killing = pool.submit(self._kill_servers)
            list(pool.map(self._outlive_servers, self._paths))
            killing.result()
        return self.found

    def _left(self, *kinds: str) -> list[str]:
        return [kind for kind in kinds if self.found.made[kind] < self._wanted[kind]]

    def _take(self, *kinds: str) -> str:
        """A kind of which more are wanted, counted at once; nothing when there are enough."""
        with self._lock:
            left = self._left(*kinds)
            kind = self._random.choice(left) if left else ""
            if kind:
                self.found.made[kind] += 1
            return kind

    def _cut_by_clients(self, path: Path) -> None:
        while self._left(CLIENT, RESET):
            with closing(Client(Site.of(self._server))) as client:
                location, video_id = client.create(path.stat().st_size)
            known = cuts = 0
            while known < path.stat().st_size and cuts < CUTS_PER_UPLOAD:
                kind = self._take(CLIENT, RESET)
                if not kind:
                    break
                cut = self._kill_client if kind == CLIENT else self._reset
                known, cuts = cut(location, path, known), cuts + 1
            while known < path.stat().st_size:
                with closing(Client(Site.of(self._server))) as client:
                    known = self._go_on(client, location, path, known)
            self._compare(path, video_id)

    def _kill_client(self, location: str, path: Path, known: int) -> int:
        """A process that sends, ended by SIGKILL in the middle; what was acknowledged."""
        words = [str(self._server.port), self._server.token, location, str(path)]
        argv = [sys.executable, "-m", "bench.uploads.sender", *words]
        with Popen(argv, cwd=ROOT, stdout=PIPE, text=True) as sender:
            assert sender.stdout is not None
            sender.stdout.readline()  # it has begun
            time.sleep(self._random.uniform(0, LATEST_CLIENT_SECONDS))
            sender.send_signal(signal.SIGKILL)
            said = sender.stdout.read().split("\n")[:-1]
        return max([known, *map(int, said)])

    def _reset(self, location: str, path: Path, known: int) -> int:
        """Reset the connection in mid-chunk, after some whole ones."""
        size = path.stat().st_size
        with closing(Client(Site.of(self._server))) as client, path.open("rb") as file:
            for _ in range(self._random.randrange(3)):
                known = self._go_on(client, location, path, known)
            if known < size:
                chunk = min(MIB, size - known)
                after = self._random.randrange(chunk)
                client.cut(location, file, known, chunk, after)
        return known

    def _kill_servers(self) -> None:
        while self._left(SERVER):
            time.sleep(self._random.uniform(0.1, LATEST_SERVER_SECONDS))
            self._up.clear()
            self._server.kill9()
            self._server.start()
            self._up.set()

    def _outlive_servers(self, path: Path) -> None:
        while self._left(SERVER):
            location, video_id, known = "", "", 0
            while known < path.stat().st_size:
                self._up.wait(PATIENCE_SECONDS)
                try:
                    with closing(Client(Site.of(self._server))) as client:
                        if not location:
                            location, video_id = client.create(path.stat().st_size)
                        known = self._go_on(client, location, path, known)
                except OSError:
                    if location:
                        self._take(SERVER)
                    time.sleep(PAUSE_SECONDS)
            self._compare(path, video_id)

    def _go_on(self, client: Client, location: str, path: Path, known: int) -> int:
        """Ask where it stands, hold that against what was acknowledged, send one chunk."""
        stands, size = client.offset(location), path.stat().st_size
        with self._lock:
            self.found.lost += max(0, known - stands)
        if stands == size:
            return stands
        with path.open("rb") as file:
            try:
                return client.patch(location, file, stands, min(MIB, size - stands))
            except Unexpected as unexpected:
                if unexpected.status not in BUSY:
                    raise
                time.sleep(PAUSE_SECONDS)
                return stands

    def _compare(self, path: Path, video_id: str) -> None:
        wrong = sha256(source_of(self._server, video_id)) != sha256(path)
        with self._lock:
            self.found.uploads += 1
            self.found.wrong += wrong
        # Where the server is away, it stays in the library.
        with suppress(OSError), closing(Client(Site.of(self._server))) as client:
            client.delete(f"/api/videos/{video_id}")

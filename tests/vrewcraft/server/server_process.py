"""A server in a process of its own, and how much memory it takes."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

from tests.servers import memory

ROOT = Path(__file__).parents[3]
APP = Path(__file__).with_name("server_app.py")
STDERR = "stderr.txt"
KIB = 1024
MIB = 1024 * KIB


class ServerProcess:
    """`server_app.py` under one of the servers; `port` is where it listens."""

    def __init__(self, kind: str, application: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.clients: list[http.client.HTTPConnection] = []
        self.process = start(kind, application, folder)
        assert self.process.stdout is not None
        line = self.process.stdout.readline().split()
        if line[:1] != ["ready"]:
            raise AssertionError(self.complaints())
        self.port = int(line[1])

    def connection(self) -> http.client.HTTPConnection:
        """A client that keeps its connection, closed with the server at the latest."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.clients.append(client)
        return client

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of one request."""
        with closing(self.connection()) as client:
            client.request("GET", path)
            with client.getresponse() as response:
                return response.status, response.read()

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask the process to stop."""
        self.process.send_signal(number)

    def await_line(self, text: str) -> None:
        """Wait until it prints this line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == text + "\n"

    def await_under_way(self, count: int) -> None:
        """Wait until so many requests have begun and not ended."""
        deadline = time.monotonic() + 20
        while self.get("/running")[1] != str(count).encode():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def ended(self, timeout: float = 10) -> tuple[int, str, str]:
        """Exit code, and the rest of what it printed to stdout and stderr."""
        code = self.process.wait(timeout)
        assert self.process.stdout is not None
        # Not by `communicate`, which forgets what a `readline` before it has read ahead.
        return code, self.process.stdout.read(), self.complaints()

    def complaints(self) -> str:
        """What it has printed to stderr so far."""
        return (self.folder / STDERR).read_text()

    def close(self) -> None:
        """End it whatever happens."""
        for client in self.clients:
            client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def resident(self) -> int:
        """Bytes of memory held now; the peak is counted afresh from here."""
        held = memory.resident(self.process.pid)
        memory.forget_peak(self.process.pid)
        return held

    def peak(self) -> int:
        """The most bytes held since `resident` was called."""
        return memory.peak(self.process.pid)

    def open_files(self) -> set[str]:
        """The names of the files it has open."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        names = set()
        for link in folder.iterdir():
            with suppress(FileNotFoundError):  # It was closed meanwhile.
                names.add(link.readlink().name)
        return names


def start(kind: str, application: str, folder: Path, port: int = 0) -> subprocess.Popen[str]:
    """The process, which may still be starting; a pipe for stderr could fill up and block it."""
    with (folder / STDERR).open("w") as complaints:
        return subprocess.Popen(
            [sys.executable, str(APP), kind, application, str(folder), str(port)],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"},
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )

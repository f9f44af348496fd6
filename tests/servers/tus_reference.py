"""The reference server of tus, from npm, over a folder of its own."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from scripts.js import node
from tests.servers.app import ROOT
from tests.servers.processes import ServerProcess

FOLDER = ROOT / "tests" / "js"


class ReferenceServer:
    """`@tus/server` with `@tus/file-store`; started as a context."""

    path = "/files"

    def __init__(self, folder: Path, *, max_size: int = 0) -> None:
        """Nothing is started yet; a `max_size` of 0 is none."""
        self.folder = folder
        self._max_size = max_size
        self._process: ServerProcess | None = None
        self.port = 0

    @staticmethod
    def is_installed() -> bool:
        """Whether npm has brought it (`make test-js` does)."""
        return (FOLDER / "node_modules" / "@tus" / "server").exists()

    def file(self, location: str) -> Path:
        """Where the bytes of an upload lie."""
        return self.folder / location.rsplit("/", 1)[1]

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder.with_name(f"{self.folder.name}.log")
        words = [str(node()), "tus-server.js", str(self.folder), str(self._max_size)]
        self._process = process = ServerProcess(words, log=log, cwd=FOLDER)
        process.wait_until(lambda: log.read_text().endswith("\n"))
        self.port = int(log.read_text().split()[-1])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.stop()

"""How long a page takes while something else is going on.

It is loaded again and again by a process of its own, which nothing else in the bench keeps waiting:
`python -m bench.harness.page_loads URL`, with the token in TOKEN.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from threading import Event, Thread
from urllib.request import Request, urlopen

from tests.servers.app import ROOT

PAUSE_SECONDS = 0.05
LEAST_LOADS = 10
"""What lasts for a moment only is measured by some loads after it as well."""


@contextmanager
def page_loads(url: str, token: str) -> Iterator[list[float]]:
    """Load a page meanwhile; the list has the seconds of each load once the block has ended."""
    argv, env = [sys.executable, "-m", __name__, url], {**os.environ, "TOKEN": token}
    with Popen(argv, cwd=ROOT, env=env, stdin=PIPE, stdout=PIPE, text=True) as loader:
        assert loader.stdout is not None
        loader.stdout.readline()  # it is loading
        seconds: list[float] = []
        yield seconds
        seconds += json.loads(loader.communicate()[0])


def main() -> None:
    """Load until standard input ends, then print the seconds of each load as JSON."""
    request = Request(sys.argv[1], headers={"Authorization": f"Bearer {os.environ['TOKEN']}"})
    _seconds(request)
    print("loading", flush=True)
    ended, seconds = Event(), list[float]()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    Thread(target=wait, daemon=True).start()
    while not ended.wait(PAUSE_SECONDS) or len(seconds) < LEAST_LOADS:
        seconds.append(_seconds(request))
    print(json.dumps(seconds))


def _seconds(request: Request) -> float:
    began = time.monotonic()
    with urlopen(request, timeout=60) as answer:
        answer.read()
    return time.monotonic() - began


if __name__ == "__main__":
    main()

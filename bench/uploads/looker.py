"""Somebody who opens the library again and again, in a process of their own.

    python -m bench.uploads.looker URL

TOKEN in the environment. Until standard input ends; then prints the seconds of each as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from threading import Event, Thread
from urllib.request import Request, urlopen

PAUSE_SECONDS = 0.05


def main() -> None:
    """Look until told to stop."""
    over = Event()

    def wait() -> None:
        sys.stdin.read()
        over.set()

    Thread(target=wait, daemon=True).start()
    request = Request(sys.argv[1], headers={"Authorization": f"Bearer {os.environ['TOKEN']}"})
    times = []
    while not over.wait(PAUSE_SECONDS):
        began = time.monotonic()
        with urlopen(request, timeout=30) as answer:
            answer.read()
        times.append(time.monotonic() - began)
    print(json.dumps(times))


if __name__ == "__main__":
    main()

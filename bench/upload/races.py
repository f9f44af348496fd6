"""Two that write to one upload at the same moment."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from bench.harness.client import MIB, Client, Unexpected
from bench.harness.figures import Report
from bench.upload.files import source_of
from tests.servers.app import RunningServer

PAIRS, SEED = 200, 7
REFUSED = (409, 423)


def races(folder: Path, report: Report) -> None:
    """Of how many pairs the file is not just what the one that was taken sent."""
    corrupt, made = 0, random.Random(SEED)
    with (
        RunningServer(folder / "races") as server,
        ThreadPoolExecutor(2) as pool,
        closing(Client(server.port, server.token)) as client,
    ):
        for _ in range(PAIRS):
            corrupt += _is_corrupt(server, client, pool, made)
    report.at_most(f"corrupt after {PAIRS} races", corrupt, 0)


def _is_corrupt(
    server: RunningServer, client: Client, pool: ThreadPoolExecutor, made: random.Random
) -> bool:
    """Send different bytes for the same place at once, then the rest of the file."""
    pair = [made.randbytes(made.randrange(1, MIB)) for _ in range(2)]
    ending = made.randbytes(1000)
    length = max(map(len, pair)) + len(ending)
    location, video_id = client.create(length)
    gate = threading.Barrier(2)
    taken = list(pool.map(lambda content: _is_taken(server, location, content, gate), pair))
    winners = [content for content, won in zip(pair, taken, strict=True) if won]
    whole = (winners[0] if winners else b"") + ending
    whole += made.randbytes(length - len(whole))
    at = client.offset(location)
    client.send_bytes(location, whole[at:], at)
    corrupt = len(winners) > 1 or source_of(server, video_id).read_bytes() != whole
    client.ask("DELETE", f"/api/videos/{video_id}")
    return corrupt


def _is_taken(
    server: RunningServer, location: str, content: bytes, gate: threading.Barrier
) -> bool:
    with closing(Client(server.port, server.token)) as client:
        gate.wait()
        try:
            return client.send_bytes(location, content) == len(content)
        except Unexpected as unexpected:
            if unexpected.status not in REFUSED:
                raise
            return False

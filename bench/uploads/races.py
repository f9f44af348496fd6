"""Two that write to one upload at the same moment."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from bench.uploads.client import MIB, Client, Site, Unexpected, source_of
from tests.servers.app import RunningServer

REFUSED = (409, 423)


@dataclass(frozen=True, slots=True)
class Races:
    """Of how many pairs the file was not just what the one that was taken sent."""

    pairs: int
    corrupt: int
    both_refused: int


def races(server: RunningServer, pairs: int, seed: int) -> Races:
    """Pairs of requests with different bytes for the same place, two thirds of a file each."""
    made, corrupt, neither = random.Random(seed), 0, 0
    with ThreadPoolExecutor(2) as pool, closing(Client(Site.of(server))) as client:
        for _ in range(pairs):
            first, second = (made.randbytes(made.randrange(1, MIB)) for _ in range(2))
            ending = made.randbytes(1000)
            length = max(len(first), len(second)) + len(ending)
            location, video_id = client.create(length)
            gate = threading.Barrier(2)
            took = [
                pool.submit(_send, server, location, content, gate) for content in (first, second)
            ]
            winners = [c for c, each in zip((first, second), took, strict=True) if each.result()]
            neither += not winners
            whole = (winners[0] if winners else b"") + ending
            whole += made.randbytes(length - len(whole))
            at = client.offset(location)
            client.patch_bytes(location, whole[at:], at)
            corrupt += len(winners) > 1 or source_of(server, video_id).read_bytes() != whole
            client.delete(f"/api/videos/{video_id}")
    return Races(pairs, corrupt, neither)


def _send(server: RunningServer, location: str, content: bytes, gate: threading.Barrier) -> bool:
    """Whether it was taken."""
    with closing(Client(Site.of(server))) as client:
        gate.wait()
        try:
            return client.patch_bytes(location, content) == len(content)
        except Unexpected as unexpected:
            if unexpected.status not in REFUSED:
                raise
            return False

"""One video with many watchers: the highest rate without a loss, against `ws` and plain groups."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from bench.live_figures import Figure, Figures
from bench.live_rates import Outcome, Prober
from bench.live_servers import LiveServer, Receiver, Site
from tests.servers.app import ROOT
from tests.servers.processes import free_port

WATCHERS = (100, 1000)
SHARE_OF_WS = {"uvicorn": 0.8, "daphne": 0.5}
TIMES_PLAIN = 20.0
ROOM = 1.5
"""The client must be able to take so many times the rate that a server is said to reach."""
FIRST_TRY, FIRST_PLAIN_TRY = 30_000.0, 900.0
ROUNDS = 2
"""Each server's best of so many, in turn: what else a machine does falls on one of them."""
FLOOD_SECONDS = 3.0


def measure(site: Site, figures: Figures) -> None:
    """Every server with every number of watchers, in turn."""
    for watchers in WATCHERS:
        _compare(site, figures, watchers)


def _compare(site: Site, figures: Figures, watchers: int) -> None:
    taken = client_rate(site, watchers)
    figures.add(Figure("fan-out", f"the client alone, {watchers} sockets", taken, "msg/s"))
    ceiling = taken / ROOM
    found = [
        (kind, _highest(kind, site, watchers, ceiling))
        for _round in range(ROUNDS)
        for kind in ("ws", *SHARE_OF_WS)
    ]
    best = dict(sorted(found, key=lambda pair: pair[1].rate))
    for kind, outcome in best.items():
        what = f"{kind}, {watchers} watchers: highest rate"
        capped = " (the client shows no more)" if outcome.rate >= ceiling else ""
        figures.add(Figure("fan-out", what + capped, outcome.rate, "msg/s"))
        figures.add(Figure("fan-out", f"{kind}, {watchers} watchers: p99", outcome.p99, "ms", 100))
    for kind, share in SHARE_OF_WS.items():
        ratio = best[kind].rate / best["ws"].rate
        figures.add(Figure("fan-out", f"{kind} against ws, {watchers}", ratio, "x", least=share))
        plain = _plain(kind, site, watchers)
        what = f"{kind} against a plain group consumer ({plain:,.0f} msg/s), {watchers}"
        figures.add(Figure("fan-out", what, best[kind].rate / plain, "x", least=TIMES_PLAIN))


def _highest(kind: str, site: Site, watchers: int, ceiling: float) -> Outcome:
    with LiveServer(kind, site) as server, Receiver(server, watchers) as receiver:
        found = Prober(server, receiver).highest(FIRST_TRY, ceiling)
    return found or Outcome(0.0, 0, 0, 0.0, 0.0)


def _plain(kind: str, site: Site, watchers: int) -> float:
    """The usual way of Channels; at least what one event to all in a probe would be."""
    with (
        LiveServer(kind, site) as server,
        Receiver(server, watchers, path="/plain/") as receiver,
    ):
        found = Prober(server, receiver, how="plain").highest(FIRST_PLAIN_TRY)
    return found.rate if found else 100.0


def client_rate(site: Site, sockets: int) -> float:
    """Messages a second that the client takes of a sender that does nothing else."""
    port = free_port()
    argv = [sys.executable, "-m", "bench.live_flood", str(port), str(sockets), str(FLOOD_SECONDS)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(argv, cwd=ROOT, **pipes) as flood:
        assert flood.stdin is not None
        assert flood.stdout is not None
        flood.stdout.readline()
        server = LiveServer("flood", site)
        server.port = port
        with Receiver(server, sockets) as receiver:
            receiver.await_events(10**9)
            flood.stdin.write("go\n")
            flood.stdin.flush()
            sent, seconds = flood.stdout.readline().split()
            received = int(receiver.answer()["received"])
            flood.stdin.close()
    if int(sent) != received:
        raise RuntimeError(f"the client took {received} of {sent}")
    return received / float(seconds)

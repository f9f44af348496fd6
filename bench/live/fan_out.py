"""One video with many watchers: the highest rate without a loss, against `ws` and plain groups."""

from __future__ import annotations

import math
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.harness.figures import Report
from bench.live.load import Due
from bench.live.receiver import HANDSHAKES_AT_ONCE, Receiver, receiving
from bench.live.servers import LiveServer, Site, serving

WATCHERS = (100, 1000)
SHARE_OF_WS = {"uvicorn": 0.8, "daphne": 0.5}
TIMES_PLAIN = 20.0
ROOM = 1.5
"""The receiver must be able to take so many times the rate that a server is said to reach."""
PROBE_SECONDS = 2.0
LATEST_MS = 100.0
FIRST_TRIES = {"hub": 30_000.0, "plain": 900.0}
MIN_RATE = 100.0
STEPS = 3
"""After the first failure the span is halved so often."""
PATHS = {"hub": "/ws/", "plain": "/plain/"}
ROUNDS = 2
"""Each server's best of so many, in turn: what else a machine does falls on one of them."""
FLOOD_SECONDS, FRAMES_AT_ONCE, PATIENCE_SECONDS = 3.0, 8, 60
REPLY = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
SUBSCRIBED = b'{"type": "subscribed", "videoId": "x", "data": {}}'


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a server did with a rate of deliveries a second."""

    rate: float
    is_complete: bool
    """Nothing lost, nothing twice."""
    p99: float
    """Milliseconds."""

    def is_within(self, latest_ms: float) -> bool:
        """Complete and in time."""
        return self.is_complete and self.p99 <= latest_ms


def fan_out(folder: Path, report: Report) -> None:
    """Every server with every number of watchers, in turn."""
    site = Site(folder)
    for watchers in WATCHERS:
        _compare(site, report, watchers)


def _compare(site: Site, report: Report, watchers: int) -> None:
    taken = receiver_rate(site, watchers)
    report.note(f"the receiver alone, {watchers} sockets", taken, "msg/s")
    ceiling = taken / ROOM
    outcomes = [
        (kind, highest_rate(kind, site, watchers, ceiling))
        for _round in range(ROUNDS)
        for kind in ("ws", *SHARE_OF_WS)
    ]
    best = dict(sorted(outcomes, key=lambda pair: pair[1].rate))
    for kind, outcome in best.items():
        capped = " (the receiver shows no more)" if outcome.rate >= ceiling else ""
        report.note(f"{kind}, {watchers} watchers: highest rate{capped}", outcome.rate, "msg/s")
        report.at_most(f"{kind}, {watchers} watchers: p99", outcome.p99, LATEST_MS, "ms")
    for kind, share in SHARE_OF_WS.items():
        ratio = best[kind].rate / best["ws"].rate
        report.at_least(f"{kind} against ws, {watchers}", ratio, share, "x")
        # The usual way of Channels; at least what one event to all in a probe would be.
        plain = highest_rate(kind, site, watchers, how="plain").rate or MIN_RATE
        what = f"{kind} against a plain group consumer ({plain:,.0f} msg/s), {watchers}"
        report.at_least(what, best[kind].rate / plain, TIMES_PLAIN, "x")


def highest_rate(
    kind: str, site: Site, watchers: int, ceiling: float = math.inf, how: str = "hub"
) -> Outcome:
    """Half as fast again until it fails, then between the last two; none above the ceiling."""
    best, rate, failed, steps = Outcome(0.0, is_complete=False, p99=0.0), FIRST_TRIES[how], 0.0, 0
    with (
        serving(kind, site) as server,
        receiving(server, watchers, path=PATHS[how]) as receiver,
    ):
        while best.rate < ceiling and steps <= STEPS:
            outcome = _sustained(server, receiver, rate, how)
            if outcome:
                best = outcome
            elif best.rate:
                failed = rate
            elif rate > MIN_RATE:
                rate /= 3
                continue
            else:
                break
            if failed:
                rate, steps = (best.rate + failed) / 2, steps + 1
            else:
                rate = min(rate * 1.5, ceiling)
    return best


def _sustained(server: LiveServer, receiver: Receiver, rate: float, how: str) -> Outcome | None:
    """The outcome if the rate is sustained.

    Where it nearly is, something else in the machine may be at fault, and there is a second try.
    """
    outcome = probe(server, receiver, rate, how)
    if not outcome.is_within(LATEST_MS) and outcome.is_within(2 * LATEST_MS):
        outcome = probe(server, receiver, rate, how)
    return outcome if outcome.is_within(LATEST_MS) else None


def probe(server: LiveServer, receiver: Receiver, rate: float, how: str = "hub") -> Outcome:
    """Publish so many deliveries a second, and count what comes."""
    events = max(1, round(rate * PROBE_SECONDS / receiver.sockets))
    expected = events * receiver.sockets
    receiver.expect(expected)
    server.publish(events / PROBE_SECONDS, PROBE_SECONDS + 1e-6, how=how)
    received = receiver.received()
    return Outcome(rate, received.count == expected, received.p99)


def receiver_rate(site: Site, sockets: int) -> float:
    """Messages a second that the receiver takes of a sender that does nothing else."""
    with (
        ExitStack() as links,
        ThreadPoolExecutor(1) as pool,
        socket.create_server(("127.0.0.1", 0), backlog=4096) as listener,
    ):
        listener.settimeout(PATIENCE_SECONDS)
        accepted = pool.submit(_accept, listener, sockets, links)
        server = LiveServer("flood", site, listener.getsockname()[1], os.getpid())
        with receiving(server, sockets) as receiver:
            receiver.expect(10**9)
            sent, seconds = _flood(accepted.result())
            received = receiver.received().count
    if sent != received:
        raise RuntimeError(f"the receiver took {received} of {sent}")
    return received / seconds


def _accept(listener: socket.socket, count: int, links: ExitStack) -> list[socket.socket]:
    """So many sockets of the receiver, each told that it is subscribed, whatever it asks for."""
    every: list[socket.socket] = []
    while len(every) < count:
        batch = [
            links.enter_context(listener.accept()[0])
            for _ in range(min(HANDSHAKES_AT_ONCE, count - len(every)))
        ]
        for reply in (REPLY, _frame(SUBSCRIBED)):
            for link in batch:
                link.recv(4096)
                link.sendall(reply)
        every += batch
    return every


def _frame(text: bytes) -> bytes:
    """A server's text frame."""
    length = len(text)
    head = bytes((0x81, length)) if length < 126 else b"\x81\x7e" + length.to_bytes(2, "big")
    return head + text


def _flood(links: list[socket.socket]) -> tuple[int, float]:
    """A few frames to each in turn; how many in how many seconds. A full buffer is waited for.

    A few, as a server sends that has several events for a socket: one alone costs the sender more
    than the receiver, and would show what the sender can do.
    """
    sent, began = 0, time.monotonic()
    for link in links:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while time.monotonic() < began + FLOOD_SECONDS:
        message = _frame(Due("x" * 36, sent, time.monotonic()).text.encode())
        for link in links:
            link.sendall(message * FRAMES_AT_ONCE)
        sent += len(links) * FRAMES_AT_ONCE
    return sent, time.monotonic() - began

"""One video with many watchers: the highest rate without a loss, against `ws` and plain groups."""

from __future__ import annotations

import math
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from websockets.frames import Frame, Opcode

from bench.harness.figures import Report
from bench.live.load import message
from bench.live.receiver import HANDSHAKES_AT_ONCE, Received, receiving
from bench.live.servers import LiveServer, Site

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
SUBSCRIBED = Frame(Opcode.TEXT, b'{"type": "subscribed", "data": {}}').serialize(mask=False)


class Sustained(NamedTuple):
    """Deliveries a second without a loss and in time, and their p99 in milliseconds."""

    rate: float = 0.0
    p99: float = 0.0


def fan_out(folder: Path, report: Report) -> None:
    """Every server with every number of watchers, in turn."""
    site = Site(folder)
    for watchers in WATCHERS:
        _compare(site, report, watchers)


def _compare(site: Site, report: Report, watchers: int) -> None:
    taken = receiver_rate(site, watchers)
    report.note(f"the receiver alone, {watchers} sockets", taken, "msg/s")
    ceiling, best = taken / ROOM, dict.fromkeys(("ws", *SHARE_OF_WS), Sustained())
    for _round in range(ROUNDS):
        for name in best:
            best[name] = max(best[name], highest_rate(name, site, watchers, ceiling))
    for name, (rate, p99) in best.items():
        capped = " (the receiver shows no more)" if rate >= ceiling else ""
        report.note(f"{name}, {watchers} watchers: highest rate{capped}", rate, "msg/s")
        report.at_most(f"{name}, {watchers} watchers: p99", p99, LATEST_MS, "ms")
    for name, share in SHARE_OF_WS.items():
        ratio = best[name].rate / best["ws"].rate
        report.at_least(f"{name} against ws, {watchers}", ratio, share, "x")
        # The usual way of Channels; at least what one event to all in a probe would be.
        plain = highest_rate(name, site, watchers, how="plain").rate or MIN_RATE
        what = f"{name} against a plain group consumer ({plain:,.0f} msg/s), {watchers}"
        report.at_least(what, best[name].rate / plain, TIMES_PLAIN, "x")


def highest_rate(
    name: str, site: Site, watchers: int, ceiling: float = math.inf, how: str = "hub"
) -> Sustained:
    """Half as fast again until it fails, then between the last two; none above the ceiling."""
    best, rate, failed, steps = Sustained(), FIRST_TRIES[how], 0.0, 0
    with (
        LiveServer(name, site) as server,
        receiving(server.port, site, watchers, path=PATHS[how]) as receiver,
    ):
        while best.rate < ceiling and steps <= STEPS:
            p99 = _tried(server, receiver, watchers, rate, how)
            if p99 <= LATEST_MS:
                best = Sustained(rate, p99)
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


def _tried(server: LiveServer, receiver: Connection, watchers: int, rate: float, how: str) -> float:
    """The p99 at a rate.

    Where it is nearly in time, something else in the machine may be at fault: it is tried again.
    """
    p99 = probe(server, receiver, watchers, rate, how)
    if LATEST_MS < p99 <= 2 * LATEST_MS:
        p99 = probe(server, receiver, watchers, rate, how)
    return p99


def probe(
    server: LiveServer, receiver: Connection, watchers: int, rate: float, how: str = "hub"
) -> float:
    """Publish so many deliveries a second; the p99, endless where one was lost or came twice."""
    events = max(1, round(rate * PROBE_SECONDS / watchers))
    receiver.send(events * watchers)
    server.publish(events / PROBE_SECONDS, PROBE_SECONDS + 1e-6, how=how)
    received: Received = receiver.recv()
    return received.p99 if received.count == events * watchers else math.inf


def receiver_rate(site: Site, watchers: int) -> float:
    """Messages a second that the receiver takes of a sender that does nothing else."""
    with (
        ExitStack() as links,
        ThreadPoolExecutor(1) as pool,
        socket.create_server(("127.0.0.1", 0), backlog=4096) as listener,
    ):
        listener.settimeout(PATIENCE_SECONDS)
        accepted = pool.submit(_accept, listener, watchers, links)
        with receiving(listener.getsockname()[1], site, watchers) as receiver:
            receiver.send(10**9)
            sent, seconds = _flood(accepted.result())
            received: Received = receiver.recv()
    if sent != received.count:
        raise RuntimeError(f"the receiver took {received.count} of {sent}")
    return sent / seconds


def _accept(listener: socket.socket, count: int, links: ExitStack) -> list[socket.socket]:
    """So many sockets of the receiver, each told that it is subscribed, whatever it asks for."""
    every: list[socket.socket] = []
    while len(every) < count:
        batch = range(min(HANDSHAKES_AT_ONCE, count - len(every)))
        every += (new := [links.enter_context(listener.accept()[0]) for _ in batch])
        for reply in (REPLY, SUBSCRIBED):
            for link in new:
                link.recv(4096)
                link.sendall(reply)
    for link in every:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return every


def _flood(links: list[socket.socket]) -> tuple[int, float]:
    """A few frames to each in turn; how many in how many seconds. A full buffer is waited for.

    A few, as a server sends that has several events for a socket: one alone costs the sender more
    than the receiver, and would show what the sender can do.
    """
    sent, began = 0, time.monotonic()
    while time.monotonic() < began + FLOOD_SECONDS:
        text = message("x" * 36, sent, time.monotonic()).encode()
        frames = Frame(Opcode.TEXT, text).serialize(mask=False) * FRAMES_AT_ONCE
        for link in links:
            link.sendall(frames)
        sent += len(links) * FRAMES_AT_ONCE
    return sent, time.monotonic() - began

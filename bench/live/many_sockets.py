"""Many videos, several processes, and thousands of sockets that mostly wait."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from bench.harness.figures import Report
from bench.live.fan_out import probe
from bench.live.receiver import receiving
from bench.live.servers import OURS, LiveServer, Site
from tests.servers.memory import resident
from tests.servers.services import ValkeyServer

VIDEOS, VIDEO_SECONDS, VIDEO_MS = 1000, 10, 100.0
EVENTS_PER_SECOND, PROCESS_SECONDS, WATCHERS_EACH, PROCESS_MS = 200, 10, 50, 50.0
IDLE, IDLE_KIB, ALL_MS = 5000, 40.0, 1000.0
SETTLE_SECONDS = 2.0
SECOND_WAVE_MIB = 20.0
"""What a socket held is used again; more would be a leak."""


def videos(folder: Path, report: Report) -> None:
    """A thousand videos, each with one watcher and one event a second."""
    site, count = Site(folder), VIDEOS * VIDEO_SECONDS
    for name in OURS:
        with (
            LiveServer(name, site) as server,
            receiving(server.port, site, VIDEOS, videos=VIDEOS) as receiver,
        ):
            receiver.send(count)
            server.publish(VIDEOS, VIDEO_SECONDS, videos=VIDEOS)
            received = receiver.recv()
        report.at_most(f"{name}: 1,000 videos at 1 Hz each, p99", received.p99, VIDEO_MS, "ms")
        report.at_most(f"{name}: events lost", count - received.count, 0)


def processes(folder: Path, report: Report) -> None:
    """Two web processes and a worker, over Valkey."""
    expected = EVENTS_PER_SECOND * PROCESS_SECONDS * WATCHERS_EACH
    publish = (str(EVENTS_PER_SECOND), str(PROCESS_SECONDS))
    with ValkeyServer() as valkey:
        site = Site(folder, {"REDIS_URL": valkey.url})
        for name in OURS:
            with ExitStack() as stack:
                servers = [stack.enter_context(LiveServer(name, site)) for _ in range(2)]
                ports = [server.port for server in servers]
                receivers = [
                    stack.enter_context(receiving(port, site, WATCHERS_EACH)) for port in ports
                ]
                for receiver in receivers:
                    receiver.send(expected)
                site.run_python("-m", "bench.live.application", *publish)
                received = [receiver.recv() for receiver in receivers]
            worst = max(each.p99 for each in received)
            what = f"{name}: two processes, a worker, Valkey, 200 events/s, p99"
            report.at_most(what, worst, PROCESS_MS, "ms")
            lost = sum(expected - each.count for each in received)
            report.at_most(f"{name}: events of processes lost", lost, 0)


def idle(folder: Path, report: Report) -> None:
    """Sockets that are open and subscribed, and one event to all of them."""
    site = Site(folder)
    for name in OURS:
        with LiveServer(name, site) as server:
            # What is loaded with the first sockets is no socket's.
            with receiving(server.port, site, 50) as receiver:
                probe(server, receiver, 50, 500.0)
            time.sleep(SETTLE_SECONDS)
            before = resident(server.pid)
            with receiving(server.port, site, IDLE) as receiver:
                time.sleep(SETTLE_SECONDS)
                each = (resident(server.pid) - before) / IDLE / 1024
                receiver.send(IDLE)
                server.publish(1, 1)
                received = receiver.recv()
            first_wave = resident(server.pid)
            time.sleep(2 * SETTLE_SECONDS)
            with receiving(server.port, site, IDLE):
                more = (resident(server.pid) - first_wave) / 1024**2
        report.at_most(f"{name}: 5,000 sockets, each", each, IDLE_KIB, "KiB")
        report.at_most(f"{name}: event to all", received.latest, ALL_MS, "ms")
        report.at_most(f"{name}: not reached", IDLE - received.count, 0)
        what = f"{name}: 5,000 others once those had gone, more than those"
        report.at_most(what, more, SECOND_WAVE_MIB, "MiB")

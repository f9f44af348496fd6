"""Many videos, several processes, and thousands of sockets that mostly wait."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from bench.live_figures import Figure, Figures
from bench.live_rates import Prober
from bench.live_servers import LiveServer, Receiver, Site
from tests.servers.app import ROOT
from tests.servers.memory import resident
from tests.servers.services import ValkeyServer

KINDS = ("daphne", "uvicorn")
VIDEOS, VIDEO_SECONDS = 1000, 10.0
EVENTS_PER_SECOND, PROCESS_SECONDS, WATCHERS_EACH = 200.0, 10.0, 50
IDLE, IDLE_KIB, ALL_MS = 5000, 40.0, 1000.0
SETTLE_SECONDS = 2.0
SECOND_WAVE_MIB = 20.0
"""What a socket held is used again; more would be a leak."""


def videos(site: Site, figures: Figures) -> None:
    """A thousand videos, each with one watcher and one event a second."""
    for kind in KINDS:
        with (
            LiveServer(kind, site) as server,
            Receiver(server, VIDEOS, videos=VIDEOS) as receiver,
        ):
            count = int(VIDEOS * VIDEO_SECONDS)
            receiver.await_events(count)
            server.publish(VIDEOS, VIDEO_SECONDS, videos=VIDEOS)
            found = receiver.answer()
        what = f"{kind}: 1,000 videos at 1 Hz each, p99"
        figures.add(Figure("videos", what, found["p99"], "ms", most=100))
        lost = count - found["received"]
        figures.add(Figure("videos", f"{kind}: events lost", lost, "", most=0))


def processes(folder: Path, figures: Figures) -> None:
    """Two web processes and a worker, over Valkey."""
    with ValkeyServer() as valkey:
        site = Site(folder, {"REDIS_URL": valkey.url})
        for kind in KINDS:
            with ExitStack() as stack:
                servers = [stack.enter_context(LiveServer(kind, site)) for _ in range(2)]
                receivers = [
                    stack.enter_context(Receiver(server, WATCHERS_EACH)) for server in servers
                ]
                count = int(EVENTS_PER_SECOND * PROCESS_SECONDS)
                for receiver in receivers:
                    receiver.await_events(count * WATCHERS_EACH)
                publish_as_worker(site)
                found = [receiver.answer() for receiver in receivers]
            worst = max(each["p99"] for each in found)
            lost = sum(count * WATCHERS_EACH - each["received"] for each in found)
            what = f"{kind}: two processes, a worker, Valkey, 200 events/s, p99"
            figures.add(Figure("processes", what, worst, "ms", most=50))
            figures.add(Figure("processes", f"{kind}: events lost", lost, "", most=0))


def publish_as_worker(site: Site) -> None:
    """From a process of its own, through the publisher that workers use."""
    argv = [sys.executable, "-m", "bench.live_worker", str(EVENTS_PER_SECOND), str(PROCESS_SECONDS)]
    subprocess.run(argv, cwd=ROOT, env=site.env, check=True)


def idle(site: Site, figures: Figures) -> None:
    """Sockets that are open and subscribed, and one event to all of them."""
    for kind in KINDS:
        with LiveServer(kind, site) as server:
            with Receiver(
                server, 50
            ) as warm:  # what is loaded with the first sockets is no socket's
                Prober(server, warm).probe(500.0)
            time.sleep(SETTLE_SECONDS)
            before = resident(server.pid)
            with Receiver(server, IDLE) as receiver:
                time.sleep(SETTLE_SECONDS)
                each = (resident(server.pid) - before) / IDLE / 1024
                receiver.await_events(IDLE)
                server.publish(1, 1)
                found = receiver.answer()
            held = resident(server.pid)
            time.sleep(2 * SETTLE_SECONDS)
            with Receiver(server, IDLE):
                more = (resident(server.pid) - held) / 1024**2
        figures.add(Figure("idle", f"{kind}: 5,000 sockets, each", each, "KiB", most=IDLE_KIB))
        figures.add(Figure("idle", f"{kind}: event to all", found["most"], "ms", most=ALL_MS))
        figures.add(Figure("idle", f"{kind}: not told", IDLE - found["received"], "", most=0))
        what = f"{kind}: 5,000 others once those had gone, more than those"
        figures.add(Figure("idle", what, more, "MiB", most=SECOND_WAVE_MIB))

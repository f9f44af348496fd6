"""Who is hit, how and when: drawn from a seed, carried out on real processes.

The kinds: `web`, `worker`, `step` (ffmpeg or a child module) and `valkey` are killed by SIGKILL;
`point` is a process that kills itself at a fault point (points.py), armed when it is started;
`freeze` stops a worker past its lease and lets it live on, when another has its tasks.
"""

from __future__ import annotations

import heapq
import itertools
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.chaos import points
from tests.chaos.arrangements import LEASE_SECONDS
from tests.chaos.deployment import Deployment, Part
from tests.chaos.processes import Process, descendants

GAP_SECONDS = 0.35
STEP_WAIT_SECONDS, STEP_LOOK_SECONDS = 2.0, 0.01
DOWN_SECONDS = 0.8
UNREADY_SHARE = 0.15
ARMED_SHARE = 0.3
WHOLE_SHARE = 0.3
MAX_PASSAGES = 6
ORPHAN_SECONDS = 3.0
TICK_SECONDS = 0.02


class Faults:
    """Hits a deployment until so many processes have been killed, or time is up."""

    def __init__(self, deployment: Deployment, seed: int, names: Sequence[str]) -> None:
        self.kills: Counter[str] = Counter()
        self.freezes = 0
        self.orphans: list[Process] = []
        self.surprises: list[str] = []
        self.last_at = time.monotonic()
        self._deployment, self._names = deployment, list(names)
        self._rng = random.Random(seed)
        weights = deployment.arrangement.weights
        self._kinds, self._weights = list(weights), list(weights.values())
        self._plans: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._down: set[str] = set()
        self._frozen: set[str] = set()
        self._hit: dict[str, Callable[[], None]] = {
            "web": lambda: self._kill_part([deployment.web]),
            "worker": lambda: self._kill_part(deployment.workers),
            "step": self._kill_step,
            "valkey": self._kill_valkey,
            "freeze": self._freeze,
        }

    def run(self, kills: int, until: float) -> None:
        """Hit again and again, then make all whole; in the thread that started the deployment."""
        next_at = time.monotonic()
        while self.kills.total() < kills and time.monotonic() < until:
            self._carry_out_due()
            self._notice_deaths()
            if time.monotonic() >= next_at:
                self._hit[self._rng.choices(self._kinds, self._weights)[0]]()
                next_at = time.monotonic() + self._rng.expovariate(1 / GAP_SECONDS)
            time.sleep(TICK_SECONDS)
        self._heal()

    def _heal(self) -> None:
        """No more faults: what is down or frozen comes back, unarmed."""
        while self._plans:
            self._carry_out_due()
            time.sleep(TICK_SECONDS)
        for part in self._deployment.parts:
            if part.armed:  # it would kill itself later, when nobody looks any more
                part.kill9()
            if not part.running:
                part.start()
        self.last_at = time.monotonic()

    def tend(self) -> None:
        """What ends by itself after the last fault is started again, and told."""
        for part in self._deployment.parts:
            if not part.running:
                self.surprises.append(f"{part.name} ended with {part.exit_code}")
                part.start()

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._plans, (time.monotonic() + seconds, next(self._order), do))

    def _carry_out_due(self) -> None:
        while self._plans and self._plans[0][0] <= time.monotonic():
            heapq.heappop(self._plans)[2]()

    def _struck(self, kind: str) -> None:
        self.kills[kind] += 1
        self.last_at = time.monotonic()

    def _notice_deaths(self) -> None:
        """A process may have ended itself, at the point it was armed with; for no other reason."""
        for part in self._deployment.parts:
            if part.running or part.name in self._down:
                continue
            if part.armed and part.exit_code == -signal.SIGKILL:
                self._struck("point")
            else:
                self.surprises.append(f"{part.name} ended with {part.exit_code}")
            self._start_later(part)

    def _start_later(self, part: Part) -> None:
        self._down.add(part.name)
        env = self._armed() if part in self._deployment.runners else {}

        def start() -> None:
            self._down.discard(part.name)
            part.start(**env)

        self._later(self._rng.uniform(0, DOWN_SECONDS), start)

    def _armed(self) -> dict[str, str]:
        if self._rng.random() > ARMED_SHARE or not self._deployment.arrangement.arms:
            return {}
        name, number = self._rng.choice(self._names), self._rng.randint(1, MAX_PASSAGES)
        return {points.POINT: f"{name}#{number}"}

    def _kill_part(self, parts: Sequence[Part]) -> None:
        part = self._rng.choice(parts)
        premature = self._rng.random() < UNREADY_SHARE
        pool, whole = self._deployment.pool(part), self._rng.random() < WHOLE_SHARE
        if part.name in self._down or not part.running or not (part.is_ready or premature):
            return
        kind = "worker" if part in self._deployment.workers else "web"
        if pool and not whole:
            one = self._rng.choice(pool)
            self._expect_gone(descendants(one.pid))
            self._kill(one.pid, kind)
            return
        self._expect_gone(descendants(part.pid))
        part.kill9()
        self._struck(kind)
        self._start_later(part)

    def _expect_gone(self, children: Sequence[Process]) -> None:
        """What a killed worker has started ends with it."""

        def look() -> None:
            self.orphans += [child for child in children if child.lives]

        self._later(ORPHAN_SECONDS, look)

    def _kill(self, pid: int, kind: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self._struck(kind)

    def _kill_step(self) -> None:
        """Wait for one, let it run for a moment, kill it: one whose time was up is no kill."""
        deadline = time.monotonic() + STEP_WAIT_SECONDS
        wait = self._rng.uniform(0, 0.25) ** 2 * 4
        while time.monotonic() < deadline:
            steps = [
                step for part in self._deployment.runners for step in self._deployment.steps(part)
            ]
            if steps:
                time.sleep(wait)
                step = self._rng.choice(steps)
                if step.lives:
                    self._kill(step.pid, "step")
                return
            self._carry_out_due()
            time.sleep(STEP_LOOK_SECONDS)

    def _kill_valkey(self) -> None:
        valkey = self._deployment.valkey
        if valkey is None or "valkey" in self._down:
            return
        valkey.kill9()
        self._struck("valkey")
        self._down.add("valkey")

        def start() -> None:
            self._down.discard("valkey")
            valkey.start()

        self._later(self._rng.uniform(0, DOWN_SECONDS), start)

    def _freeze(self) -> None:
        part = self._rng.choice(self._deployment.runners)
        if part.name in self._frozen or not part.is_ready:
            return
        pool = self._deployment.pool(part)
        pid = self._rng.choice(pool).pid if pool else part.pid
        os.kill(pid, signal.SIGSTOP)
        self.freezes += 1
        self._frozen.add(part.name)

        def resume() -> None:
            self._frozen.discard(part.name)
            with suppress(ProcessLookupError):  # it was killed meanwhile
                os.kill(pid, signal.SIGCONT)
            self.last_at = time.monotonic()

        self._later(LEASE_SECONDS + self._rng.uniform(0.5, 2.5), resume)

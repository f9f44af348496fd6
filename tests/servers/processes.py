"""A program run for tests: its log, a wait until it answers, a stop by its id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
START_SECONDS = 60.0
STOP_SECONDS = 20.0


class DidNotStart(Exception):
    """The program ended, or did not answer in time; the message holds the end of its log."""


class DidNotStop(Exception):
    """The program ignored its signal and was killed; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system account that a program runs under."""

    uid: int
    gid: int


def free_port() -> int:
    """A TCP port of the loopback address that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something accepts connections at a port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class ServerProcess:
    """One program in a session of its own; stdout and stderr are appended to `log`."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start it now; `wait_until` tells when it is of use."""
        self.log = log
        self.name = Path(argv[0]).name
        self.stop_signal = stop_signal
        who = account or Account(-1, -1)
        identity = [str(n) for n in (os.getpid(), int(stop_signal), who.uid, who.gid)]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(CHILD), *identity, *argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the program has not ended yet."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, minus the signal's number where one ended it."""
        return self._process.poll()

    def wait_until(self, ready: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Return once `ready()` is true; `DidNotStart` when the program ends or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                code = self._process.returncode
                raise DidNotStart(f"{self.name} ended with {code}.\n{self.tail()}")
            if time.monotonic() > deadline:
                self.kill9()
                raise DidNotStart(f"{self.name} not ready after {seconds:.0f} s.\n{self.tail()}")
            time.sleep(0.05)

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Send its stop signal and return its exit code; `DidNotStop` after `seconds`."""
        if self.running:
            self._process.send_signal(self.stop_signal)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise DidNotStop(f"{self.name} ran on for {seconds:.0f} s.\n{self.tail()}") from None

    def kill9(self) -> None:
        """SIGKILL this one process, as a crash would end it."""
        self._process.kill()
        self._process.wait()

    def tail(self, lines: int = 40) -> str:
        """The last lines of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join([f"End of {self.log}:", *text.splitlines()[-lines:]])

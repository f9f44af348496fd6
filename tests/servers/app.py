"""A whole VrewCraft in processes of its own, with its own data folder and port."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.servers.processes import STOP_SECONDS, ServerProcess, free_port

ROOT = Path(__file__).resolve().parents[2]
OURS = ("VREWCRAFT_", "AWS_", "DJANGO_", "PYTEST_", "PLAYWRIGHT_")
SETTINGS = {
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "HOST",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "LOG_REQUESTS",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
}
ISSUE_TOKEN = """
from pathlib import Path
from django.conf import settings
from vrewcraft.accounts.models import Token, User
secret = Token.objects.issue(User.objects.local_owner(), "tests")
Path(settings.VREWCRAFT_DATA_DIR, "token").write_text(secret)
"""

Kind = Literal["daphne", "uvicorn"]


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that would change a server's settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in SETTINGS and not name.startswith(OURS)
    }


@cache
def migrated_database() -> Path:
    """An empty SQLite database with all tables, made once: migrating takes longer than serving."""
    folder = Path(tempfile.mkdtemp(prefix="vrewcraft-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    words = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    env = {**clean_environment(), "VREWCRAFT_DATA_DIR": str(folder)}
    subprocess.run(words, cwd=ROOT, env=env, check=True, stdin=subprocess.DEVNULL)
    return folder / "db.sqlite3"


class RunningServer:
    """`manage.py serve`, or uvicorn with `manage.py work` beside it; started as a context.

    The same address and data folder serve again after `restart`, or `kill9` and `start`.
    """

    def __init__(
        self, data_dir: Path, *, kind: Kind = "daphne", env: Mapping[str, str] | None = None
    ) -> None:
        """Nothing is started yet; `env` adds to the environment that the servers get."""
        self.data_dir = data_dir
        self.kind: Kind = kind
        self.port = free_port()
        self.log = data_dir.with_name(f"{data_dir.name}.log")
        self.env = {
            **clean_environment(),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            "VREWCRAFT_DATA_DIR": str(data_dir),
            **(env or {}),
        }
        self._web: ServerProcess | None = None
        self._worker: ServerProcess | None = None

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """The address of the live protocol."""
        return f"ws://127.0.0.1:{self.port}/ws/"

    @property
    def token(self) -> str:
        """The owner's API token."""
        return (self.data_dir / "token").read_text().strip()

    @property
    def pid(self) -> int:
        """The process id of the web server."""
        return self._running().pid

    @property
    def stopped(self) -> bool:
        """Whether nothing of it was started, or all of it was stopped."""
        return self._web is None

    def start(self) -> None:
        """Start, and return once pages are answered and the worker listens to signals."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        database = self.data_dir / "db.sqlite3"
        if "DATABASE_URL" not in self.env and not database.exists():
            shutil.copyfile(migrated_database(), database)
        if self.kind == "uvicorn":
            self._start_uvicorn()
        else:
            self._web = self._process("manage.py", "serve")
        self._running().wait_until(self._answers)
        worker = self._worker
        if worker is not None:
            worker.wait_until(lambda: "Stop with Ctrl-C" in worker.tail())

    def stop(self, seconds: float = STOP_SECONDS) -> list[int]:
        """SIGTERM, as a service manager stops it; the exit codes, the web server's first.

        A good stop is 0; uvicorn ends itself by the signal once it is done, which gives -15.
        """
        processes = [process for process in (self._web, self._worker) if process]
        self._web = self._worker = None
        return [process.stop(seconds) for process in processes]

    def restart(self) -> None:
        """Stop and start again."""
        self.stop()
        self.start()

    def kill9(self) -> None:
        """End every process as a crash would."""
        for process in (self._web, self._worker):
            if process:
                process.kill9()
        self._web = self._worker = None

    def manage(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a management command on the same data; its exit code is not checked."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def tail(self, lines: int = 60) -> str:
        """The last lines that the servers wrote."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Stop what still runs."""
        self.stop()

    def _start_uvicorn(self) -> None:
        if not (self.data_dir / "token").exists():
            self.manage("migrate", "--no-input", "-v", "0").check_returncode()
            self.manage("shell", "-v", "0", "-c", ISSUE_TOKEN).check_returncode()
        self.env["VREWCRAFT_RUN_WORKER"] = "no"
        self._worker = self._process("manage.py", "work")
        words = ["-m", "uvicorn", "vrewcraft.asgi:application", "--host", "127.0.0.1"]
        words += ["--port", str(self.port), "--ws", "websockets-sansio"]
        words += ["--ws-max-size", "16384", "--ws-per-message-deflate", "false"]
        self._web = self._process(*words)

    def _process(self, *words: str) -> ServerProcess:
        return ServerProcess(
            [sys.executable, *words],
            log=self.log,
            env=self.env,
            cwd=ROOT,
            stop_signal=signal.SIGTERM,
        )

    def _running(self) -> ServerProcess:
        if self._web is None:
            raise RuntimeError("The server is not running.")
        return self._web

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False

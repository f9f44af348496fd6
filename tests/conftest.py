"""What every test gets: settings of its own, no network but loopback, real services on demand.

Django's test database is a SQLite file. With TEST_DATABASE=postgres it lies in the PostgreSQL that
DATABASE_URL names, as `python -m tests.servers.with_services` sets it.
"""

import atexit
import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.servers.app import SETTINGS
from tests.servers.services import NAMED_POSTGRES, NAMED_VALKEY

pytest_plugins = ["tests.servers.fixtures"]

# A host and port (and more for IPv6), or the path of a Unix socket.
Address = tuple[object, ...] | str | bytes
Connect = Callable[[socket.socket, Address], int | None]
TESTS = Path(__file__).resolve().parent
# Folders whose tests share a server for a file, and the fixtures that start one of each kind.
SHARED_SERVERS = {"engines", "functional", "vrewcraft/server", "vrewcraft/server/daphne"}
SERVER_FIXTURES = ("site", "started", "kind")
ON_POSTGRES = os.environ.get("TEST_DATABASE", "sqlite") == "postgres"


def isolate() -> None:
    """Give Django a data folder of this run, and none of the settings of the caller's shell."""
    folder = tempfile.mkdtemp(prefix="vrewcraft-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for plain, named in (("DATABASE_URL", NAMED_POSTGRES), ("REDIS_URL", NAMED_VALKEY)):
        if os.environ.get(plain):
            os.environ[named] = os.environ[plain]
    ours = [n for n in os.environ if n in SETTINGS or n.startswith(("VREWCRAFT_", "AWS_"))]
    for name in ours:
        if name != "VREWCRAFT_FFMPEG":
            del os.environ[name]
    os.environ["VREWCRAFT_DATA_DIR"] = folder
    if ON_POSTGRES:
        os.environ["DATABASE_URL"] = os.environ[NAMED_POSTGRES]


def start_django() -> None:
    """Load the settings now: conftest files below this one import models."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "vrewcraft.settings"
    import django
    from django.conf import settings

    # Else each test client would read all static files first. Real servers serve them otherwise.
    settings.WHITENOISE_AUTOREFRESH = True
    # Passwords of tests need no hash that takes its time by design.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


def allow_loopback_only() -> None:
    """Make every connection from this process to another machine an error."""

    def guarded(connect: Connect) -> Connect:
        def connect_here(link: socket.socket, address: Address) -> int | None:
            if isinstance(address, tuple) and not is_loopback(str(address[0])):
                raise RuntimeError(f"a test must not connect to {address[0]}")
            return connect(link, address)

        return connect_here

    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, guarded(getattr(socket.socket, name)))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    return host in {"localhost", "::1"} or host.startswith("127.")


def group_of(item: pytest.Item) -> str:
    """What one process of a parallel run does in order: the tests of a file that share a server.

    Empty where a test needs nothing of its neighbours.
    """
    folder = item.path.parent.relative_to(TESTS).as_posix()
    if folder not in SHARED_SERVERS:
        return ""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    kind = next((str(params[name]) for name in SERVER_FIXTURES if name in params), "")
    return f"{folder}/{item.path.stem} {kind}".strip()


isolate()
start_django()
allow_loopback_only()


@pytest.fixture(autouse=True)
def live_delivery_ends() -> Iterator[None]:
    """No test finds the hub of another, or its connection to the database, which lasts."""
    from progress import process

    yield
    process.current.stop()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A request in Korean leaves its language behind in the thread; the next test starts anew."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep together what shares a server; leave out what only PostgreSQL can show on SQLite."""
    for item in items:
        group = group_of(item) if item.path.is_relative_to(TESTS) else ""
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
    if ON_POSTGRES:
        return
    left_out = [item for item in items if item.get_closest_marker("postgres")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lasts all run: modules and collected tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 50)


def pytest_report_header() -> Iterable[str]:
    """Say which database and data folder this run uses."""
    engine = "PostgreSQL" if ON_POSTGRES else "SQLite"
    return [f"vrewcraft: {engine}, data in {os.environ['VREWCRAFT_DATA_DIR']}"]

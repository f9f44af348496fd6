"""Typed readers of the environment: an unreadable setting stops the start with a sentence."""

import importlib.util
import os
import secrets
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

MODES = ("local", "team")
LOG_FORMATS = ("text", "json")
ENGINES = ("worker", "celery")
SERVERS = ("daphne", "uvicorn")
SENDFILE = ("", "nginx", "apache")

env = environ.Env()


def text(name: str, default: str = "") -> str:
    """The variable's text, or `default` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def integer(name: str, default: int, *, least: int = 0, most: int = 2**62) -> int:
    """The variable as a whole number from `least` to `most`."""
    raw = text(name)
    if not raw:
        return default
    if not raw.isdecimal() or not least <= int(raw) <= most:
        bounds = f"from {least} to {most}" if most < 2**62 else f"of at least {least}"
        raise ImproperlyConfigured(f"{name}={raw!r} must be a whole number {bounds}.")
    return int(raw)


def seconds(name: str, default: float) -> float:
    """The variable as a positive number of seconds."""
    raw = text(name)
    try:
        value = float(raw) if raw else default
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ImproperlyConfigured(f"{name}={raw!r} must be a positive number of seconds.")
    return value


def words(name: str) -> list[str]:
    """The variable as a list, split at commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def mode() -> str:
    """`local` (one owner, this machine only) or `team` (accounts)."""
    value = text("VREWCRAFT_MODE", "local")
    if value not in MODES:
        raise ImproperlyConfigured(f"VREWCRAFT_MODE={value!r} must be 'local' or 'team'.")
    return value


def engine() -> str:
    """`worker` (threads of the server, or `manage.py work`) or `celery` (Celery's workers)."""
    value = text("VREWCRAFT_ENGINE", "worker")
    if value not in ENGINES:
        raise ImproperlyConfigured(f"VREWCRAFT_ENGINE={value!r} must be 'worker' or 'celery'.")
    if value == "celery" and importlib.util.find_spec("celery") is None:
        raise ImproperlyConfigured(
            "VREWCRAFT_ENGINE=celery requires Celery: pip install -r requirements-celery.txt."
        )
    return value


def server() -> str:
    """`daphne` (hardened by this project) or `uvicorn`: which one `manage.py serve` starts."""
    value = text("VREWCRAFT_SERVER", "daphne")
    if value not in SERVERS:
        raise ImproperlyConfigured(f"VREWCRAFT_SERVER={value!r} must be 'daphne' or 'uvicorn'.")
    return value


def broker_url(engine: str, redis_url: str) -> str:
    """Where Celery's messages go: VREWCRAFT_BROKER_URL, else the Redis of REDIS_URL."""
    value = text("VREWCRAFT_BROKER_URL", redis_url)
    if engine == "celery" and not value:
        raise ImproperlyConfigured(
            "VREWCRAFT_ENGINE=celery requires a broker: set REDIS_URL or VREWCRAFT_BROKER_URL."
        )
    return value


def log_format() -> str:
    """`text` (for people) or `json` (one object a line)."""
    value = text("LOG_FORMAT", "text")
    if value not in LOG_FORMATS:
        raise ImproperlyConfigured(f"LOG_FORMAT={value!r} must be 'text' or 'json'.")
    return value


def sendfile() -> str:
    """Which proxy sends the library's files: `nginx`, `apache`, or none (empty)."""
    value = text("VREWCRAFT_SENDFILE")
    if value not in SENDFILE:
        raise ImproperlyConfigured(
            f"VREWCRAFT_SENDFILE={value!r} must be 'nginx', 'apache' or empty."
        )
    return value


def host(mode: str) -> str:
    """The address to listen on; local mode takes loopback addresses only."""
    value = text("HOST", "127.0.0.1")
    if mode == "local" and not is_loopback(value):
        raise ImproperlyConfigured(
            f"HOST={value} would open this library to the network without a password. "
            "Use 127.0.0.1, or set VREWCRAFT_MODE=team for accounts."
        )
    return value


def is_loopback(value: str) -> bool:
    """Whether an address or name is this machine's own."""
    if value == "localhost":
        return True
    try:
        return ip_address(value).is_loopback
    except ValueError:
        return False


def allowed_hosts(mode: str) -> list[str]:
    """The host names answered to; a wildcard is refused in both modes."""
    own = ["localhost", "127.0.0.1", "[::1]"]
    named = words("ALLOWED_HOSTS")
    if mode == "local":
        if set(named) - set(own):
            raise ImproperlyConfigured(
                "In local mode, ALLOWED_HOSTS may contain only localhost, 127.0.0.1 and [::1]."
            )
        return own
    if not named or "*" in named:
        raise ImproperlyConfigured(
            "In team mode, ALLOWED_HOSTS must list your host names, without '*'."
        )
    return named


def secret_key(mode: str, data_dir: Path) -> str:
    """Django's secret: from SECRET_KEY, or, in local mode, made once and kept beside the data."""
    given = text("SECRET_KEY")
    if mode == "team":
        if len(given) < 32:
            raise ImproperlyConfigured(
                "In team mode, SECRET_KEY must be at least 32 random characters."
            )
        return given
    return given or kept_secret(data_dir / "secret_key")


def kept_secret(path: Path) -> str:
    """The secret in a file that only its owner can read, made at the first call."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(fd, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path.parent} cannot be used: {error.strerror}. "
            "Set VREWCRAFT_DATA_DIR to a folder that you may write to."
        ) from error

"""How log lines look: text for people, or JSON for collectors; both with the ids they are about."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from videos.core import log_context

FIELDS = ("task", "video", "attempt", "user", "code", "method", "path", "status", "ms")
"""The fields of a record beside its message, in the order in which text shows it."""

_FILE_NAME = re.compile(r"^(/(?:outputs|sources)/[^/]*/).+", re.DOTALL)


def shown_path(path: str) -> str:
    """The path without the names of people's files."""
    return _FILE_NAME.sub(r"\1...", path)


def fields(record: logging.LogRecord) -> dict[str, object]:
    """The fields that are known: from the record's own `extra`, else from where it was logged."""
    known = {**log_context.current(), **record.__dict__}
    return {name: known[name] for name in FIELDS if known.get(name) is not None}


class HideFileNames(logging.Filter):
    """Takes file names out of the paths that Django's own records name."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, changed where needed."""
        if hasattr(record, "request") and isinstance(record.args, tuple):
            record.args = tuple(
                shown_path(value) if isinstance(value, str) else value for value in record.args
            )
        return True


class TextFormatter(logging.Formatter):
    """Time, level, part, message, then the fields as `name=value`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The line; a traceback follows it."""
        known = (f"{name}={value}" for name, value in fields(record).items())
        return " ".join((super().formatMessage(record), *known))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, the fields, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, in ASCII, so that no text can break the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)

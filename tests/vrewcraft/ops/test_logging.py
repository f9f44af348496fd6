"""Log lines: one a record, with the ids it is about, and nobody's file names."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories
from videos.core import log_context
from vrewcraft.accounts.models import Token, User
from vrewcraft.ops.logging import HideFileNames, JsonFormatter, TextFormatter, shown_path

NAME = "secret 강의.mp4"


def record(message: str = "it happened", **extra: Any) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "videos.part", "levelname": "INFO", "msg": message})
    made.__dict__.update(extra)
    return made


def as_json(made: logging.LogRecord) -> dict[str, Any]:
    line = JsonFormatter().format(made)
    assert line.isascii()
    assert len(line.splitlines()) == 1
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.local_owner()


@pytest.fixture
def logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> pytest.LogCaptureFixture:
    """All that is logged, as the product writes it in JSON."""
    monkeypatch.setattr(caplog.handler, "formatter", JsonFormatter())
    monkeypatch.setattr(caplog.handler, "filters", [HideFileNames()])
    return caplog


def lines(logged: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged.text.splitlines()]


class TestFormats:
    """Text for people, JSON for collectors."""

    def test_json_says_when_how_grave_where_and_what(self) -> None:
        found = as_json(record())
        assert datetime.fromisoformat(found.pop("time")).utcoffset() is not None
        assert found == {"level": "INFO", "logger": "videos.part", "message": "it happened"}

    def test_fields_come_from_the_record_before_the_subject(self) -> None:
        with log_context.about(task="t", video="v", attempt=2, user="u"):
            found = as_json(record(task="other"))
        assert (found["task"], found["video"], found["attempt"], found["user"]) == (
            "other",
            "v",
            2,
            "u",
        )

    def test_text_shows_fields_after_the_message(self) -> None:
        with log_context.about(task="t", attempt=2):
            line = TextFormatter().format(record())
        assert line.endswith(" INFO videos.part it happened task=t attempt=2")

    def test_an_exception_stays_in_its_line(self) -> None:
        try:
            raise KeyError("a\nb")
        except KeyError:
            made = record(exc_info=sys.exc_info())
        assert "KeyError" in as_json(made)["exception"]

    def test_line_breaks_in_a_message_break_no_line(self) -> None:
        assert as_json(record("a\nb\u2028c"))["message"] == "a\nb\u2028c"

    def test_what_is_no_field_of_ours_is_left_out(self) -> None:
        assert "request" not in as_json(record(request="GET /?token=x"))

    @pytest.mark.parametrize(
        ("path", "shown"),
        [
            (f"/sources/1/{NAME}", "/sources/1/..."),
            ("/outputs/1/a/b\nc", "/outputs/1/..."),
            ("/videos/1/", "/videos/1/"),
        ],
    )
    def test_paths_are_shown_without_file_names(self, path: str, shown: str) -> None:
        assert shown_path(path) == shown


class TestRequests:
    """A line for each request, for those who ask for it."""

    @pytest.fixture
    def client(self, owner: User, settings: Settings) -> Client:
        settings.LOG_REQUESTS = True
        return Client()

    def test_a_request_is_logged_without_its_query(
        self, client: Client, owner: User, logged: pytest.LogCaptureFixture
    ) -> None:
        client.get("/api/operations?token=abc")
        (line,) = lines(logged)
        assert (line["logger"], line["message"]) == ("vrewcraft.requests", "request")
        assert (line["method"], line["path"], line["status"]) == ("GET", "/api/operations", 200)
        assert line["user"] == str(owner.pk)
        assert line["ms"] >= 0
        assert "abc" not in logged.text

    def test_neither_file_names_nor_tokens_are_logged(
        self, client: Client, owner: User, logged: pytest.LogCaptureFixture
    ) -> None:
        secret = Token.objects.issue(owner, "tests")
        video = factories.ready(owner)
        address = f"/sources/{video.pk}/{NAME}"
        answer = client.get(address, headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == 404
        said = logged.text
        assert f"/sources/{video.pk}/..." in said
        for hidden in ("secret", "mp4", secret):
            assert hidden not in said

    def test_a_person_with_a_session_is_named(
        self, client: Client, settings: Settings, logged: pytest.LogCaptureFixture
    ) -> None:
        settings.VREWCRAFT_MODE = "team"
        ann = factories.person("ann")
        client.force_login(ann)
        client.get("/jobs/")
        assert lines(logged)[-1]["user"] == str(ann.pk)

    def test_a_stranger_is_nobody(
        self, client: Client, settings: Settings, logged: pytest.LogCaptureFixture
    ) -> None:
        settings.VREWCRAFT_MODE = "team"
        client.get("/jobs/")
        assert "user" not in lines(logged)[-1]

    def test_a_path_cannot_forge_a_line(
        self, client: Client, logged: pytest.LogCaptureFixture
    ) -> None:
        client.get("/a%0AERROR%20forged")
        assert [line["path"] for line in lines(logged) if "path" in line] == ["/a%0AERROR%20forged"]

    @pytest.mark.parametrize("path", ["/livez", "/readyz", "/static/css/base.css"])
    def test_health_and_static_files_are_not_logged(
        self, client: Client, logged: pytest.LogCaptureFixture, path: str
    ) -> None:
        client.get(path).close()
        assert not [line for line in lines(logged) if line["logger"] == "vrewcraft.requests"]

    def test_nothing_is_logged_unless_asked_for(
        self, client: Client, settings: Settings, logged: pytest.LogCaptureFixture
    ) -> None:
        settings.LOG_REQUESTS = False
        client.get("/api/operations")
        assert lines(logged) == []

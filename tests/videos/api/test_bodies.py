"""JSON bodies of every call: one object, each name once, and nothing but what the schema names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests import factories
from videos.models import QueuePause, Task, Video
from videos.services.library import subtitles
from vrewcraft.accounts.models import User

SRT = b"1\n00:00:01,000 --> 00:00:02,000\nwords\n"


@pytest.fixture
def video(owner: User) -> Video:
    """A probed video."""
    return factories.ready(owner)


@pytest.fixture
def calls(video: Video, data_dir: object) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Every call that takes JSON: its method, its address, a body that it accepts."""
    file = subtitles.attach(video, SRT, "words.srt")
    cut = {"videoId": str(video.pk), "startTime": 1, "endTime": 2, "mode": "exact"}
    many = {"action": "pause", "taskIds": [str(factories.task(video).pk)]}
    return {
        "edit": ("post", "/api/edit/trim", cut),
        "tasks": ("post", "/api/tasks", many),
        "subtitles": ("patch", f"/api/subtitles/{file.pk}", {"language": "eng"}),
        "pause": ("post", "/api/queue/pause", {"everybody": False}),
        "resume": ("post", "/api/queue/resume", {"everybody": False}),
    }


@pytest.fixture(params=["edit", "tasks", "subtitles", "pause", "resume"])
def call(
    request: pytest.FixtureRequest, calls: dict[str, tuple[str, str, dict[str, Any]]]
) -> tuple[str, str, dict[str, Any]]:
    """One of them."""
    chosen: tuple[str, str, dict[str, Any]] = calls[request.param]
    return chosen


def send(client: Client, method: str, url: str, body: str, kind: str = "application/json") -> Any:
    return getattr(client, method)(url, body, content_type=kind, CONTENT_TYPE=kind)


def refused(answer: Any, status: int, code: str) -> dict[str, str]:
    found = answer.json()
    assert (answer.status_code, found["code"]) == (status, code)
    codes: dict[str, str] = found.get("fieldCodes", {})
    return codes


class TestEveryCall:
    """The same rules wherever JSON is taken."""

    def test_what_fits_is_accepted(self, client: Client, call: tuple[str, str, Any]) -> None:
        method, url, body = call
        assert send(client, method, url, json.dumps(body)).status_code in {200, 202}

    def test_a_name_that_comes_twice_is_refused(
        self, client: Client, call: tuple[str, str, dict[str, Any]]
    ) -> None:
        method, url, body = call
        name, value = next(iter(body.items()))
        twice = f"{json.dumps(body)[:-1]}, {json.dumps(name)}: {json.dumps(value)}}}"
        codes = refused(send(client, method, url, twice), 422, "invalid")
        assert codes == {name: "duplicate_field"}
        assert not QueuePause.objects.exists()
        assert Task.objects.filter(paused=True).count() == 0

    def test_an_unknown_field_is_named(
        self, client: Client, call: tuple[str, str, dict[str, Any]]
    ) -> None:
        method, url, body = call
        answer = send(client, method, url, json.dumps({**body, "path": "/etc/passwd"}))
        assert refused(answer, 422, "invalid") == {"path": "unknown_field"}

    def test_a_name_that_is_no_text_is_unknown(
        self, client: Client, call: tuple[str, str, dict[str, Any]]
    ) -> None:
        method, url, body = call
        answer = send(client, method, url, json.dumps({**body, "\ud800": 1}))
        assert refused(answer, 422, "invalid") == {"\ud800": "unknown_field"}

    def test_a_value_that_is_nested_very_deeply_is_refused(
        self, client: Client, call: tuple[str, str, dict[str, Any]]
    ) -> None:
        method, url, body = call
        deep = f'{json.dumps(body)[:-1]}, "deep": {"[" * 800}{"]" * 800}}}'
        assert send(client, method, url, deep).status_code in {400, 422}

    @pytest.mark.parametrize("body", ["[]", "1", "null", "{", '"x"', "[" * 5000, " "])
    def test_what_is_no_object_is_refused(
        self, client: Client, call: tuple[str, str, Any], body: str
    ) -> None:
        refused(send(client, *call[:2], body), 400, "bad_json")

    def test_another_content_type_is_refused(
        self, client: Client, call: tuple[str, str, Any]
    ) -> None:
        method, url, body = call
        answer = send(client, method, url, json.dumps(body), "text/plain")
        refused(answer, 415, "wrong_content_type")


@pytest.mark.parametrize(
    ("name", "changes", "codes"),
    [
        ("edit", {"again": 1}, {"again": "not_a_choice"}),
        ("edit", {"again": "true"}, {"again": "not_a_choice"}),
        ("edit", {"videoId": 5}, {"videoId": "required"}),
        ("edit", {"startTime": "1"}, {"startTime": "not_a_number"}),
        ("edit", {"startTime": float("nan")}, {"startTime": "not_a_number"}),
        ("tasks", {"action": "explode"}, {"action": "not_a_choice"}),
        ("tasks", {"action": 5}, {"action": "not_a_choice"}),
        ("tasks", {"taskIds": [1]}, {"taskIds": "not_a_list"}),
        ("tasks", {"taskIds": "all"}, {"taskIds": "not_a_list"}),
        ("tasks", {"taskIds": ["x"] * 1001}, {"taskIds": "too_many"}),
        ("subtitles", {"language": None}, {"language": "not_text"}),
        ("subtitles", {"encoding": 1}, {"encoding": "not_text"}),
        ("subtitles", {"encoding": "\ud800"}, {"encoding": "not_a_choice"}),
        ("pause", {"everybody": 1}, {"everybody": "not_a_choice"}),
        ("resume", {"everybody": float("nan")}, {"everybody": "not_a_choice"}),
        (
            "tasks",
            {"action": "explode", "taskIds": "all", "more": 1},
            {"action": "not_a_choice", "taskIds": "not_a_list", "more": "unknown_field"},
        ),
    ],
)
def test_nothing_is_converted_and_each_wrong_field_is_named(
    client: Client,
    calls: dict[str, tuple[str, str, dict[str, Any]]],
    name: str,
    changes: dict[str, Any],
    codes: dict[str, str],
) -> None:
    method, url, body = calls[name]
    answer = send(client, method, url, json.dumps({**body, **changes}))
    assert refused(answer, 422, "invalid") == codes


@pytest.mark.parametrize(
    ("name", "field", "remedy"),
    [
        ("tasks", "action", "Use one of: cancel, pause, resume, retry."),
        ("pause", "everybody", "Use one of: true, false."),
    ],
)
def test_an_invalid_choice_is_answered_with_the_valid_ones(
    client: Client,
    calls: dict[str, tuple[str, str, dict[str, Any]]],
    name: str,
    field: str,
    remedy: str,
) -> None:
    method, url, body = calls[name]
    answer = send(client, method, url, json.dumps({**body, field: "?"}))
    assert answer.json()["remedy"] == remedy


@pytest.mark.parametrize("name", ["edit", "tasks", "subtitles"])
def test_an_empty_body_is_no_object(
    client: Client, calls: dict[str, tuple[str, str, dict[str, Any]]], name: str
) -> None:
    refused(send(client, *calls[name][:2], ""), 400, "bad_json")


@pytest.mark.parametrize("name", ["pause", "resume"])
def test_a_queue_takes_no_body_as_well(
    client: Client, calls: dict[str, tuple[str, str, dict[str, Any]]], name: str
) -> None:
    assert send(client, *calls[name][:2], "").status_code == 200


def test_a_name_that_comes_twice_inside_a_value_is_refused(client: Client, video: Video) -> None:
    body = f'{{"videoId": "{video.pk}", "params": {{"a": 1, "a": 2}}}}'
    answer = send(client, "post", "/api/edit/trim", body)
    assert refused(answer, 422, "invalid") == {"a": "duplicate_field"}

"""The JSON API: what it answers, and that every refusal says what and what to do."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories, http, media
from tests.work import drain
from videos.models import Task, Video, task_state
from videos.services.library import deletion
from vrewcraft.accounts.models import User

CUT = {"startTime": 1.5, "endTime": 2.5}
TRIM = "/api/edit/trim"


@pytest.fixture
def video(owner: User) -> Video:
    """A probed video."""
    return factories.ready(owner)


def post(client: Client, path: str, data: object, **headers: str) -> Any:
    body = data if isinstance(data, (str, bytes)) else json.dumps(data)
    return client.post(path, body, content_type="application/json", headers=headers)


def trim(client: Client, video: Video, **values: object) -> Any:
    return post(client, TRIM, {"videoId": str(video.pk), **CUT, **values})


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    found: dict[str, Any] = response.json()
    assert (response.status_code, found["code"]) == (status, code)
    assert found["error"]
    assert found["remedy"]
    return found


class TestTrim:
    """`POST /api/edit/trim`."""

    def test_it_is_accepted_before_any_work(self, client: Client, video: Video) -> None:
        response = trim(client, video)
        task = Task.objects.get()
        assert response.status_code == 202
        assert response.json() == {
            "success": True,
            "message": "Trim started",
            "videoId": str(video.pk),
            "taskId": str(task.pk),
            "actualStart": 1.0,
            "actualEnd": 2.48,
        }
        assert task.status == "pending"

    def test_an_exact_trim_starts_where_it_is_asked_to(self, client: Client, video: Video) -> None:
        answer = trim(client, video, mode="exact").json()
        assert (answer["actualStart"], answer["actualEnd"]) == (1.48, 2.48)

    @pytest.mark.parametrize(
        ("values", "fields"),
        [
            ({"startTime": 3}, {"endTime": "The end must come after the start."}),
            ({"startTime": -1}, {"startTime": "The time cannot be negative."}),
            ({"endTime": 99}, {"endTime": "The video ends at 00:04."}),
            ({"startTime": "1"}, {"startTime": "This must be a number of seconds."}),
            ({"startTime": None}, {"startTime": "This must be a number of seconds."}),
            ({"startTime": True}, {"startTime": "This must be a number of seconds."}),
            ({"startTime": float("nan")}, {"startTime": "This must be a number of seconds."}),
            ({"endTime": float("inf")}, {"endTime": "This must be a number of seconds."}),
            ({"endTime": 10**400}, {"endTime": "This must be a number of seconds."}),
            ({"mode": "magic"}, {"mode": "This is not a valid choice."}),
            ({"inputPath": "/etc/passwd"}, {"inputPath": "Unknown field."}),
            ({"videoId": None}, {"videoId": "This field is required."}),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_each_wrong_value_is_named(
        self, client: Client, video: Video, values: dict[str, Any], fields: dict[str, str]
    ) -> None:
        found = refused(trim(client, video, **values), 422, "invalid")
        assert found["fields"] == fields
        assert next(iter(fields)) in found["error"]
        assert Task.objects.count() == 0

    def test_an_invalid_choice_is_answered_with_the_valid_ones(
        self, client: Client, video: Video
    ) -> None:
        found = refused(trim(client, video, mode="magic"), 422, "invalid")
        assert found["remedy"] == "Use one of: exact, fast."

    @pytest.mark.parametrize("name", ["startTime", "endTime"])
    def test_a_missing_value_is_named(self, client: Client, video: Video, name: str) -> None:
        data = {"videoId": str(video.pk), **CUT}
        del data[name]
        found = refused(post(client, TRIM, data), 422, "invalid")
        assert found["fields"] == {name: "This field is required."}

    @pytest.mark.parametrize("body", [" ", "{", "[]", "1", '"x"', "null", b"\xff\xfe", "[" * 5000])
    def test_what_is_no_json_object_is_refused(self, client: Client, body: str | bytes) -> None:
        refused(post(client, TRIM, body), 400, "bad_json")

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-www-form-urlencoded", ""]
    )
    def test_another_content_type_is_refused(
        self, client: Client, video: Video, content_type: str
    ) -> None:
        body = json.dumps({"videoId": str(video.pk), **CUT})
        response = client.post(TRIM, body, content_type=content_type)
        assert "application/json" in refused(response, 415, "wrong_content_type")["remedy"]

    def test_an_unknown_and_a_strangers_video_are_answered_alike(
        self, client: Client, stranger: User
    ) -> None:
        theirs = factories.ready(stranger)
        answers = [
            refused(post(client, TRIM, {"videoId": wanted, **CUT}), 404, "not_found")
            for wanted in (str(theirs.pk), str(uuid4()), "x", "\0")
        ]
        assert all(answer == answers[0] for answer in answers)

    def test_an_unknown_edit_is_refused(self, client: Client, video: Video) -> None:
        for slug in ("probe", "sample", "nothing"):
            response = post(client, f"/api/edit/{slug}", {"videoId": str(video.pk)})
            refused(response, 404, "unknown_operation")

    def test_a_broken_video_says_why_it_takes_no_edit(self, client: Client, owner: User) -> None:
        video = factories.arriving(owner)
        video.become_broken("empty_file", {})
        refused(trim(client, video), 409, "empty_file")


class TestIdempotencyKey:
    """One key, one task."""

    def test_two_requests_are_two_tasks(self, client: Client, video: Video) -> None:
        first, second = (trim(client, video).json()["taskId"] for _ in range(2))
        assert first != second

    def test_two_requests_under_one_key_are_one(self, client: Client, video: Video) -> None:
        data = {"videoId": str(video.pk), **CUT}
        answers = [post(client, TRIM, data, **{"idempotency-key": "k"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].json() == answers[1].json()
        assert Task.objects.count() == 1

    def test_a_key_is_not_used_twice(self, client: Client, video: Video) -> None:
        key = {"idempotency-key": "k"}
        post(client, TRIM, {"videoId": str(video.pk), **CUT}, **key)
        other = {"videoId": str(video.pk), **CUT, "mode": "exact"}
        refused(post(client, TRIM, other, **key), 422, "key_reused")

    def test_a_retry_is_answered_as_before_although_the_probe_came_between(
        self, client: Client, owner: User
    ) -> None:
        video = factories.arriving(owner)
        data = {"videoId": str(video.pk), "startTime": 1, "endTime": 60, "mode": "exact"}
        first = post(client, TRIM, data, **{"idempotency-key": "k"})
        video.become_ready(factories.probe())
        second = post(client, TRIM, data, **{"idempotency-key": "k"})
        video.become_broken("truncated", {})
        third = post(client, TRIM, data, **{"idempotency-key": "k"})
        assert [answer.status_code for answer in (first, second, third)] == [202, 202, 202]
        assert first.json() == second.json() == third.json()
        assert Task.objects.count() == 1

    def test_a_key_has_a_length(self, client: Client, video: Video) -> None:
        data = {"videoId": str(video.pk), **CUT}
        found = refused(post(client, TRIM, data, **{"idempotency-key": "k" * 201}), 422, "invalid")
        assert found["remedy"] == "Use at most 200 characters."


class TestReading:
    """Videos, tasks, operations."""

    def test_everybody_lists_their_own(self, client: Client, video: Video, stranger: User) -> None:
        task = factories.task(video)
        factories.task(factories.ready(stranger))
        videos = client.get("/api/videos").json()["videos"]
        tasks = client.get("/api/tasks").json()["tasks"]
        assert [item["id"] for item in videos] == [str(video.pk)]
        assert [item["id"] for item in tasks] == [str(task.pk)]

    @pytest.mark.parametrize("path", ["/api/videos", "/api/tasks"])
    def test_a_list_comes_in_pages(self, client: Client, video: Video, path: str) -> None:
        factories.task(video)
        (items,) = client.get(f"{path}?offset=1").json().values()
        assert items == []

    @pytest.mark.parametrize("path", ["/api/videos", "/api/tasks"])
    @pytest.mark.parametrize("offset", ["-1", "x", "1.5", "9" * 30])
    def test_an_offset_that_cannot_be_is_refused(
        self, client: Client, video: Video, path: str, offset: str
    ) -> None:
        found = refused(client.get(f"{path}?offset={offset}"), 422, "invalid")
        assert list(found["fields"]) == ["offset"]

    def test_tasks_are_kept_by_status(self, client: Client, video: Video) -> None:
        waiting = factories.task(video)
        task_state.cancel(factories.task(video))
        found = client.get("/api/tasks?status=pending").json()["tasks"]
        assert [item["id"] for item in found] == [str(waiting.pk)]

    def test_one_video_has_its_keyframes_and_tasks(self, client: Client, video: Video) -> None:
        found = client.get(f"/api/videos/{video.pk}").json()
        assert (found["keyframes"], found["duration"]) == ([0, 1, 2, 3], 4.0)

    def test_the_edits_there_are_come_with_their_schema(self, client: Client) -> None:
        edits = {each["slug"]: each for each in client.get("/api/operations").json()["operations"]}
        trim = edits["trim"]
        assert trim["label"] == "Trim"
        assert trim["params"]["required"] == ["startTime", "endTime"]

    @pytest.mark.parametrize("kind", ["videos", "tasks"])
    def test_unknown_strange_and_broken_ids_are_answered_alike(
        self, client: Client, stranger: User, kind: str
    ) -> None:
        theirs = factories.task(factories.ready(stranger))
        wanted = theirs.pk if kind == "tasks" else theirs.video_id
        for item in (wanted, uuid4(), "x"):
            refused(client.get(f"/api/{kind}/{item}"), 404, "not_found")

    def test_an_unknown_address_is_answered_as_json(self, client: Client) -> None:
        refused(client.get("/api/nothing"), 404, "not_found")

    def test_the_api_describes_itself(self, client: Client) -> None:
        paths = client.get("/api/openapi.json").json()["paths"]
        assert {"/api/videos", "/api/upload", "/api/edit/trim"} <= paths.keys()


class TestTasks:
    """Cancel and retry."""

    def test_a_waiting_task_is_cancelled_and_tried_again(
        self, client: Client, video: Video
    ) -> None:
        url = f"/api/tasks/{factories.task(video).pk}"
        cancelled = client.post(f"{url}/cancel")
        assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
        refused(client.post(f"{url}/cancel"), 409, "not_cancellable")
        again = client.post(f"{url}/retry")
        assert (again.status_code, again.json()["status"]) == (202, "pending")
        refused(client.post(f"{url}/retry"), 409, "not_retryable")

    @pytest.mark.parametrize("what", ["cancel", "retry"])
    def test_a_strangers_task_is_not_there(self, client: Client, stranger: User, what: str) -> None:
        theirs = factories.task(factories.ready(stranger))
        refused(client.post(f"/api/tasks/{theirs.pk}/{what}"), 404, "not_found")
        theirs.refresh_from_db()
        assert theirs.status == "pending"


@pytest.mark.parametrize("path", [TRIM, "/api/upload", "/api/tasks/1/cancel", "/api/tasks/1/retry"])
def test_what_changes_something_is_not_read(client: Client, path: str) -> None:
    response = client.get(path)
    found = refused(response, 405, "method_not_allowed")
    assert found["remedy"] == "Use POST."
    assert response["Allow"] == "POST"


def test_the_api_speaks_english_to_everybody(korean: Client) -> None:
    assert refused(korean.get("/api/videos/x"), 404, "not_found")["error"].isascii()


@pytest.mark.slow
class TestSameFile:
    """A file that is there already."""

    @pytest.fixture
    def twins(self, client: Client, data_dir: Path) -> list[str]:
        """Two videos with the same bytes, both read."""
        content = media.numbered().read_bytes()
        ids = [http.upload(client, content, name).json()["videoId"] for name in ("a.mp4", "b.mp4")]
        drain()
        return ids

    def test_it_is_offered_by_its_hash(self, client: Client, twins: list[str]) -> None:
        first, second = (client.get(f"/api/videos/{pk}").json() for pk in twins)
        digest = hashlib.sha256(media.numbered().read_bytes()).hexdigest()
        assert first["sha256"] == second["sha256"] == digest
        assert second["sameFile"] == [{"id": twins[0], "name": "a.mp4", "url": first["url"]}]
        assert [other["id"] for other in first["sameFile"]] == [twins[1]]

    def test_it_is_found_before_it_is_sent(self, client: Client, twins: list[str]) -> None:
        digest = hashlib.sha256(media.numbered().read_bytes()).hexdigest()
        found = client.get("/api/videos", {"sha256": digest.upper()}).json()["videos"]
        assert {video["id"] for video in found} == set(twins)
        assert client.get("/api/videos", {"sha256": "0" * 64}).json()["videos"] == []
        refused(client.get("/api/videos", {"sha256": "xyz"}), 422, "invalid")

    def test_the_page_says_so(self, client: Client, korean: Client, twins: list[str]) -> None:
        said = client.get(f"/videos/{twins[1]}/").content.decode()
        assert "You already have this file:" in said
        assert f'<a href="/videos/{twins[0]}/">a.mp4</a>' in said
        assert "이미 있는 파일입니다" in korean.get(f"/videos/{twins[1]}/").content.decode()

    def test_neither_a_deleted_one_nor_somebody_elses_is_offered(
        self, client: Client, twins: list[str], stranger: User
    ) -> None:
        deleted = Video.objects.get(pk=twins[0])
        deletion.delete_video(deleted)
        assert client.get(f"/api/videos/{twins[1]}").json()["sameFile"] == []
        Video.objects.filter(pk=twins[0]).update(deleted_at=None, owner=stranger)
        assert client.get(f"/api/videos/{twins[1]}").json()["sameFile"] == []


def test_space_is_given_in_bytes(client: Client, clip: Video, settings: Settings) -> None:
    settings.VREWCRAFT_QUOTA_BYTES = clip.bytes + 1000
    assert client.get("/api/space").json() == {
        "usedBytes": clip.bytes,
        "leftBytes": 1000,
        "totalBytes": clip.bytes + 1000,
        "quotaBytes": clip.bytes + 1000,
    }

"""`POST /api/edit/export`: accepted before any work, and explained without any."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests import factories
from videos.models import Task, Video
from vrewcraft.accounts.models import User

EXPORT = "/api/edit/export"
SEGMENTS = [{"start": 2.013, "end": 3.0}, {"start": 0.0, "end": 1.0}]


@pytest.fixture
def video(owner: User) -> Video:
    return factories.ready(owner)


def post(client: Client, path: str, data: object) -> Any:
    return client.post(path, json.dumps(data), content_type="application/json")


def test_it_answers_where_each_segment_really_lies(client: Client, video: Video) -> None:
    response = post(client, EXPORT, {"videoId": str(video.pk), "segments": SEGMENTS})
    assert response.status_code == 202
    answer = response.json()
    assert answer["actual"] == [{"start": 2.0, "end": 3.0}, {"start": 0.0, "end": 1.0}]
    assert answer["message"] == "Export started"
    assert Task.objects.get().params["segments"] == SEGMENTS


def test_a_plan_is_answered_without_a_task(client: Client, video: Video) -> None:
    data = {"videoId": str(video.pk), "segments": SEGMENTS}
    response = post(client, f"{EXPORT}?plan", data)
    assert response.status_code == 200
    plan = response.json()
    assert [piece["how"] for piece in plan["pieces"]] == ["copied", "copied"]
    assert plan["seconds"] == 2.0
    assert Task.objects.count() == 0


def test_a_plan_of_what_cannot_be_done_is_refused_as_the_edit_is(
    client: Client, video: Video
) -> None:
    data = {"videoId": str(video.pk), "segments": [{"start": 3, "end": 2}]}
    response = post(client, f"{EXPORT}?plan", data)
    assert (response.status_code, response.json()["fieldCodes"]) == (
        422,
        {"segments": "end_before_start"},
    )


def test_a_video_that_is_still_read_has_no_plan(client: Client, owner: User) -> None:
    video = factories.arriving(owner)
    response = post(client, f"{EXPORT}?plan", {"videoId": str(video.pk)})
    assert (response.status_code, response.json()["code"]) == (409, "no_plan")


def test_other_edits_have_no_plan(client: Client, video: Video) -> None:
    data = {"videoId": str(video.pk), "count": 2}
    response = post(client, "/api/edit/thumbnails?plan", data)
    assert (response.status_code, response.json()["code"]) == (409, "no_plan")

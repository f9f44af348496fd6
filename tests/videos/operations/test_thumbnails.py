"""Thumbnails: which pictures, what they are called, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from tests import factories, media
from tests.http import body
from tests.videos.operations.running import run
from tests.work import drain
from videos.models import Output, Task, Video
from videos.operations.base import Source
from videos.operations.outputs import ARCHIVE, IMAGE
from videos.operations.thumbnails import OPERATION


def real() -> Source:
    path = media.numbered()
    return Source("1", "강의.mov", path, media.probed(path))


def shown(path: Path) -> int:
    (number,) = media.frame_numbers(path)
    return number


class TestPictures:
    """On a real clip."""

    def test_several_are_the_middles_of_equal_parts_and_the_archive_comes_first(
        self, tmp_path: Path
    ) -> None:
        archive, *pictures = run(OPERATION, [real()], {"count": 4}, tmp_path).artifacts
        assert [shown(item.path) for item in pictures] == [12, 37, 62, 87]
        assert (archive.name, archive.kind) == ("강의_thumbnails.zip", ARCHIVE)
        assert [item.name for item in pictures][:2] == ["강의_thumb_01.jpg", "강의_thumb_02.jpg"]
        assert {(item.kind, item.media_type) for item in pictures} == {(IMAGE, "image/jpeg")}

    def test_one_at_a_moment_is_that_frame(self, tmp_path: Path) -> None:
        params: dict[str, object] = {"time": 2.6, "format": "png"}
        (picture,) = run(OPERATION, [real()], params, tmp_path).artifacts
        assert (shown(picture.path), picture.name) == (65, "강의_thumb_01.png")

    def test_the_very_end_is_the_last_frame(self, tmp_path: Path) -> None:
        source = real()
        (picture,) = run(OPERATION, [source], {"time": source.seconds}, tmp_path).artifacts
        assert shown(picture.path) == 99

    def test_times_between_two_keyframes_are_decoded_in_one_pass(self, tmp_path: Path) -> None:
        params = {"count": 8, "time": None, "width": 64, "format": "jpeg"}
        (step,) = OPERATION.build([factories.source()], params, tmp_path).steps
        runs = step.argv[step.argv.index("--") + 1 :]
        assert runs[:2] == ("250000,750000", "1250000,1750000")
        assert (len(runs), step.expected_frames) == (4, 8)


def test_the_name_distinguishes_tasks() -> None:
    several = {"count": 8, "time": None, "width": 320, "format": "jpeg"}
    assert OPERATION.detail(several) == "8 × 320 px JPEG"
    one = {"count": None, "time": 62.5, "width": 320, "format": "webp"}
    assert OPERATION.detail(one) == "01:02.5 · 320 px WebP"


def test_more_and_larger_pictures_cost_more() -> None:
    def cost(count: int, width: int) -> float:
        params = {"count": count, "time": None, "width": width, "format": "png"}
        return OPERATION.estimate([factories.source(width=1920, height=1080)], params).seconds

    assert cost(1, 320) < cost(50, 320) < cost(50, 1920)


class TestRefused:
    """Over HTTP, with the field and a sentence."""

    @pytest.mark.parametrize(
        ("sent", "fields"),
        [
            ({}, {"count": "exactly_one", "time": "exactly_one"}),
            ({"count": 2, "time": 1}, {"count": "exactly_one", "time": "exactly_one"}),
            ({"count": 0}, {"count": "out_of_range"}),
            ({"count": -1}, {"count": "out_of_range"}),
            ({"count": 10**6}, {"count": "out_of_range"}),
            ({"count": 2.5}, {"count": "not_a_whole_number"}),
            ({"count": "2"}, {"count": "not_a_whole_number"}),
            ({"count": float("nan")}, {"count": "not_a_whole_number"}),
            ({"time": float("nan")}, {"time": "not_a_number"}),
            ({"time": None}, {"time": "not_a_number"}),
            ({"time": -0.1}, {"time": "negative_time"}),
            ({"time": 9}, {"time": "past_the_end"}),
            ({"count": 1, "width": 15}, {"width": "out_of_range"}),
            ({"count": 1, "width": 3841}, {"width": "out_of_range"}),
            ({"count": 1, "format": "gif"}, {"format": "not_a_choice"}),
            ({"count": 1, "inputPath": "/etc/passwd"}, {"inputPath": "unknown_field"}),
        ],
        ids=str,
    )
    def test_the_api_names_the_field_and_the_reason(
        self, client: Client, clip: Video, sent: dict[str, object], fields: dict[str, str]
    ) -> None:
        text = json.dumps({"videoId": str(clip.pk), **sent})
        answer = client.post("/api/edit/thumbnails", text, content_type="application/json")
        assert (answer.status_code, answer.json()["fieldCodes"]) == (422, fields)
        assert all("{" not in text for text in answer.json()["fields"].values())
        assert Task.objects.count() == 0

    def test_each_bound_is_reported_with_its_own_numbers(self, client: Client, clip: Video) -> None:
        sent = {"videoId": str(clip.pk), "count": 0, "width": 1}
        answer = client.post("/api/edit/thumbnails", sent, content_type="application/json").json()
        assert answer["fields"] == {
            "count": "This must be from 1 to 100.",
            "width": "This must be from 16 to 3840.",
        }
        assert answer["fieldArgs"]["width"] == {"least": 16, "most": 3840}

    @pytest.mark.parametrize(
        "sent", [{"count": "0"}, {"count": "1", "time": "1"}, {"time": "nan"}, {"time": "99"}]
    )
    def test_the_form_comes_back_open_with_what_is_wrong(
        self, client: Client, clip: Video, sent: dict[str, str]
    ) -> None:
        answer = client.post(f"/videos/{clip.pk}/edit/thumbnails/", sent)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "<details open>" in page
        assert 'aria-invalid="true"' in page


class TestFromRequestToDownload:
    """Through a worker."""

    def test_the_archive_is_the_main_output_and_each_picture_is_one_too(
        self, client: Client, clip: Video
    ) -> None:
        form = {"count": "3", "time": "", "format": "webp", "width": "32"}
        assert client.post(f"/videos/{clip.pk}/edit/thumbnails/", form).status_code == 303
        drain()
        task = Task.objects.get(operation="thumbnails")
        assert task.status == "complete", task.error_code
        state = client.get(f"/api/tasks/{task.pk}").json()
        assert state["message"] == "Thumbnails complete"
        assert [item["kind"] for item in state["outputs"]] == ["archive", *["image"] * 3]
        sizes = [len(body(client.get(item["url"]))) for item in state["outputs"]]
        assert sizes == [item["bytes"] for item in state["outputs"]]
        page = client.get(f"/videos/{clip.pk}/").content.decode()
        assert page.count("<img src=") >= 3
        assert "clip_thumbnails.zip" in page

    def test_outputs_keep_their_order_even_where_their_times_are_equal(self, clip: Video) -> None:
        task = factories.task(clip)
        made = [
            factories.output(task, name=name, position=place)
            for place, name in enumerate(["z.zip", "a.jpg", "m.jpg"])
        ]
        for output in reversed(made):
            output.save()
        Output.objects.update(created_at=task.created_at)
        assert [output.name for output in task.outputs.all()] == ["z.zip", "a.jpg", "m.jpg"]

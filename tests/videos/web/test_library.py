"""Pages and the forms that work without scripts."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from tests import factories
from videos.core import messages
from videos.models import Task, Video, task_state
from vrewcraft.accounts.models import User

FORM = {"startTime": "1", "endTime": "2.5", "mode": "exact"}


@pytest.fixture
def video(owner: User) -> Video:
    """A probed video."""
    return factories.ready(owner, "강의 <1>.mp4")


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def test_an_empty_library_has_a_page(client: Client) -> None:
    assert "VrewCraft" in text(client, "/")


def test_the_library_says_how_much_of_the_space_is_used(
    client: Client, korean: Client, clip: Video, settings: Settings
) -> None:
    settings.VREWCRAFT_QUOTA_BYTES = 50 * 1024**3
    Video.objects.update(bytes=3.1 * 1024**3)
    page = client.get("/").content.decode().replace("\u00a0", " ")
    assert "3.1 GB of 50.0 GB used" in page
    assert "50.0 GB 중 3.1 GB 사용" in korean.get("/").content.decode().replace("\u00a0", " ")


def test_the_library_shows_ones_own_videos(client: Client, video: Video, stranger: User) -> None:
    factories.ready(stranger, "secret.mp4")
    page = text(client, "/")
    assert escape("강의 <1>.mp4") in page
    assert "secret.mp4" not in page


@pytest.mark.parametrize("url", ["/", "/jobs/", "video"])
def test_a_page_costs_a_fixed_number_of_queries(
    client: Client, owner: User, video: Video, url: str, django_assert_max_num_queries: object
) -> None:
    address = f"/videos/{video.pk}/" if url == "video" else url
    for number in range(12):
        other = factories.ready(owner, f"{number}.mp4")
        done = factories.task(video if url == "video" else other)
        task_state.complete(factories.claim(done), [factories.output(done)])
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        text(client, address)


class TestVideoPage:
    """One video."""

    def test_it_shows_the_player_the_form_and_the_tasks(self, client: Client, video: Video) -> None:
        factories.task(video)
        page = text(client, f"/videos/{video.pk}/")
        assert f"/sources/{video.pk}/" in page
        assert 'name="startTime"' in page
        assert "Trim 00:01-00:02" in page

    def test_numbers_are_the_same_in_every_language(self, korean: Client, owner: User) -> None:
        video = factories.ready(owner, found=factories.probe(duration_us=1_234_500_000))
        assert 'data-duration="1234.5"' in text(korean, f"/videos/{video.pk}/")

    @pytest.mark.parametrize("found", ["arriving", "broken"])
    def test_there_is_no_form_before_there_is_a_film(
        self, client: Client, owner: User, found: str
    ) -> None:
        video = factories.arriving(owner)
        if found == "broken":
            video.become_broken("truncated", {})
        page = text(client, f"/videos/{video.pk}/")
        assert 'name="startTime"' not in page

    def test_another_users_and_an_unknown_video_are_answered_alike(
        self, client: Client, stranger: User
    ) -> None:
        theirs = factories.ready(stranger, "secret.mp4")
        pages = [
            re.sub(r'value="[^"]+"', "", text(client, f"/videos/{wanted}/", 404))
            for wanted in (theirs.pk, uuid4())
        ]
        assert pages[0] == pages[1]
        assert escape(messages.message("not_found", {})) in pages[0]


class TestJobs:
    """All tasks of a person."""

    def test_they_are_kept_by_status(self, client: Client, video: Video) -> None:
        factories.task(video, params={"startTime": 0, "endTime": 1, "mode": "fast"})
        task_state.cancel(factories.task(video))
        assert "00:00-00:01" in text(client, "/jobs/")
        assert "00:00-00:01" in text(client, "/jobs/?status=pending")
        assert "00:00-00:01" not in text(client, "/jobs/?status=cancelled")

    def test_an_unknown_status_keeps_all(self, client: Client, video: Video) -> None:
        factories.task(video)
        assert "00:01-00:02" in text(client, "/jobs/?status=paused")

    def test_housekeeping_is_no_job(self, client: Client, video: Video) -> None:
        factories.task(video, operation="poster", params={}, housekeeping=True)
        assert "Poster" not in text(client, "/jobs/").partition("<main")[2].partition("</main")[0]


class TestForms:
    """What a page can do without scripts."""

    def test_a_trim_leads_back_to_the_video(self, client: Client, video: Video) -> None:
        response = client.post(f"/videos/{video.pk}/edit/trim/", FORM)
        assert (response.status_code, response["Location"]) == (303, f"/videos/{video.pk}/")
        assert Task.objects.get().params == {"startTime": 1.0, "endTime": 2.5, "mode": "exact"}

    @pytest.mark.parametrize("language", ["en", "ko"])
    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"startTime": "3"}, "end_before_start"),
            ({"startTime": "-1"}, "negative_time"),
            ({"endTime": "99"}, "past_the_end"),
        ],
    )
    def test_an_invalid_value_is_reported_beside_its_field_and_kept(
        self,
        client: Client,
        korean: Client,
        video: Video,
        language: str,
        wrong: dict[str, str],
        code: str,
    ) -> None:
        reader = korean if language == "ko" else client
        response = reader.post(f"/videos/{video.pk}/edit/trim/", {**FORM, **wrong})
        page = response.content.decode()
        with translation.override(language):
            sentence = messages.message(code, {"end": "00:04"})
        assert response.status_code == 422
        assert escape(sentence) in page
        assert f'value="{next(iter(wrong.values()))}"' in page
        assert Task.objects.count() == 0

    @pytest.mark.parametrize("value", ["nan", "inf", "soon", ""])
    def test_what_is_no_number_is_reported(self, client: Client, video: Video, value: str) -> None:
        url = f"/videos/{video.pk}/edit/trim/"
        assert client.post(url, {**FORM, "startTime": value}).status_code == 422
        assert Task.objects.count() == 0

    def test_a_sample_leads_to_its_video(self, client: Client) -> None:
        response = client.post("/sample/")
        assert (response.status_code, response["Location"]) == (
            303,
            f"/videos/{Video.objects.get().pk}/",
        )

    def test_cancel_and_retry_lead_back_to_where_one_was(
        self, client: Client, video: Video
    ) -> None:
        task = factories.task(video)
        back = {"referer": "http://testserver/jobs/"}
        response = client.post(f"/tasks/{task.pk}/cancel/", headers=back)
        assert (response.status_code, response["Location"]) == (303, "http://testserver/jobs/")
        response = client.post(f"/tasks/{task.pk}/retry/", headers=back)
        assert response.status_code == 303
        task.refresh_from_db()
        assert task.status == "pending"

    @pytest.mark.parametrize("referer", ["", "https://elsewhere.example/", "javascript:alert(1)"])
    def test_they_lead_to_no_other_site(self, client: Client, video: Video, referer: str) -> None:
        task = factories.task(video)
        response = client.post(f"/tasks/{task.pk}/cancel/", headers={"referer": referer})
        assert response["Location"] == f"/videos/{video.pk}/"

    def test_what_cannot_be_done_is_an_error_page(self, client: Client, video: Video) -> None:
        task = factories.task(video)
        task_state.cancel(task)
        response = client.post(f"/tasks/{task.pk}/cancel/")
        assert response.status_code == 409
        assert escape(messages.message("not_cancellable", {})) in response.content.decode()

    def test_strangers_things_are_not_there(self, client: Client, stranger: User) -> None:
        task = factories.task(factories.ready(stranger))
        for path in (
            f"/tasks/{task.pk}/cancel/",
            f"/tasks/{task.pk}/retry/",
            f"/videos/{task.video_id}/edit/trim/",
        ):
            assert client.post(path, FORM).status_code == 404
        task.refresh_from_db()
        assert task.status == "pending"


def test_the_upload_form_sent_twice_is_one_video_and_with_another_file_another(
    client: Client, data_dir: Path
) -> None:
    found = re.search(r'action="/upload/".*?name="key" value="(\w+)"', text(client, "/"), re.DOTALL)
    assert found

    def send(content: bytes) -> str:
        file = SimpleUploadedFile("a.mp4", content, "video/mp4")
        return str(client.post("/upload/", {"key": found[1], "video": file})["Location"])

    assert send(b"one") == send(b"one") != send(b"other")
    assert send(b"other") == send(b"other")
    assert Video.objects.count() == 2


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("path", ["/upload/", "/sample/", "/tasks/{id}/cancel/"])
def test_what_changes_something_is_not_read(
    client: Client, korean: Client, language: str, path: str
) -> None:
    reader = korean if language == "ko" else client
    response = reader.get(path.format(id=uuid4()))
    with translation.override(language):
        sentence = messages.message("method_not_allowed", {})
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert escape(sentence) in response.content.decode()


@pytest.mark.parametrize("path", ["/upload/", "/sample/"])
def test_another_sites_form_is_refused_with_a_page(owner: User, path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path)
    assert response.status_code == 403
    assert escape(messages.message("forbidden", {})) in response.content.decode()

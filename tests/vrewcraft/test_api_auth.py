"""Who may use the API: a program with a token, a person's page with its CSRF token, nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.test import Client
from pytest_django import Settings

from tests import factories
from tests.http import upload
from videos.models import Task, Video
from vrewcraft.accounts.models import Token, User

TRIM = "/api/edit/trim"


@pytest.fixture
def ann(db: None) -> User:
    """Somebody with an account."""
    return factories.person("ann")


@pytest.fixture
def program(ann: User) -> Client:
    """Ann's program; a Django client that is as strict as a server."""
    secret = Token.objects.issue(ann, "script")
    return Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {secret}"})


@pytest.fixture
def team(settings: Settings) -> None:
    """Accounts: nobody is signed in by being here."""
    local = "vrewcraft.accounts.middleware.LocalOwnerMiddleware"
    settings.VREWCRAFT_MODE = "team"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != local]


def trim(client: Client, video: Video, **headers: str) -> Any:
    data = {"videoId": str(video.pk), "startTime": 1, "endTime": 2}
    return client.post(TRIM, data, content_type="application/json", headers=headers)


def refused(response: Any, status: int, code: str) -> None:
    found = response.json()
    assert (response.status_code, found["code"]) == (status, code)
    assert found["error"]
    assert found["remedy"]


def incoming() -> list[Path]:
    folder = Path(current.VREWCRAFT_DATA_DIR) / "incoming"
    return list(folder.iterdir()) if folder.exists() else []


def test_a_program_acts_for_its_person_without_a_csrf_token(program: Client, ann: User) -> None:
    assert trim(program, factories.ready(ann)).status_code == 202
    assert Task.objects.get().owner == ann


def test_a_program_sees_its_persons_things_even_in_local_mode(program: Client, ann: User) -> None:
    factories.ready(User.objects.local_owner())
    factories.ready(ann)
    assert len(program.get("/api/videos").json()["videos"]) == 1


@pytest.mark.parametrize("path", ["/api/videos", "/", "/api/operations"])
def test_a_wrong_token_is_refused_and_never_ignored(db: None, path: str) -> None:
    refused(Client(headers={"authorization": "Bearer wrong"}).get(path), 401, "unauthorised")


def test_a_page_of_another_site_can_change_nothing(db: None) -> None:
    video = factories.ready(User.objects.local_owner())
    strict = Client(enforce_csrf_checks=True)
    refused(trim(strict, video), 403, "forbidden")
    refused(upload(strict, b"x"), 403, "forbidden")
    assert (Task.objects.count(), Video.objects.count(), incoming()) == (0, 1, [])


def test_a_page_of_this_site_shows_its_token(db: None) -> None:
    video = factories.ready(User.objects.local_owner())
    strict = Client(enforce_csrf_checks=True)
    strict.get("/")
    token = strict.cookies["csrftoken"].value
    assert trim(strict, video, **{"x-csrftoken": token}).status_code == 202
    refused(trim(strict, video, **{"x-csrftoken": "x" * 32}), 403, "forbidden")


@pytest.mark.usefixtures("team")
class TestTeam:
    """With accounts, whoever is not signed in gets nothing."""

    @pytest.mark.parametrize("path", ["/api/videos", "/api/tasks", "/api/operations"])
    def test_nobody_reads_without_signing_in(self, db: None, path: str) -> None:
        refused(Client().get(path), 401, "unauthorised")

    def test_nobody_edits_without_signing_in(self, ann: User) -> None:
        refused(trim(Client(enforce_csrf_checks=True), factories.ready(ann)), 401, "unauthorised")

    def test_nobody_uploads_without_signing_in(self, db: None) -> None:
        for strict in (True, False):
            answer = upload(Client(enforce_csrf_checks=strict), b"x" * 1000)
            refused(answer, 401, "unauthorised")
        assert (Video.objects.count(), incoming()) == (0, [])

    @pytest.mark.parametrize(
        "path", ["/", "/jobs/", "/videos/00000000-0000-0000-0000-000000000000/"]
    )
    def test_a_page_asks_to_sign_in(self, db: None, path: str) -> None:
        response = Client().get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/login/?next=")

    def test_files_are_not_there_for_strangers(self, ann: User) -> None:
        video = factories.ready(ann)
        assert Client().get(f"/sources/{video.pk}/clip.mp4").status_code == 404

    def test_a_program_with_a_token_comes_in(self, program: Client) -> None:
        assert program.get("/api/videos").status_code == 200

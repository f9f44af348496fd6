"""Local mode: one owner, no password, this machine only."""

from __future__ import annotations

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import Settings

from tests import factories
from videos.models import Video
from vrewcraft.accounts.middleware import LocalOwnerMiddleware
from vrewcraft.accounts.models import User


def test_every_local_request_is_the_owners(client: Client, db: None) -> None:
    factories.ready(User.objects.local_owner())
    assert len(client.get("/api/videos").json()["videos"]) == 1


def test_no_session_is_made_for_it(client: Client, db: None) -> None:
    assert "sessionid" not in client.get("/").cookies


def test_the_owner_may_use_the_admin(client: Client, db: None) -> None:
    assert client.get("/admin/").status_code == 200
    assert "/admin/" in client.get("/").content.decode()


def test_a_new_video_is_the_owners(client: Client, db: None) -> None:
    client.post("/sample/")
    assert Video.objects.get().owner == User.objects.local_owner()


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5", "localhost.evil.example"])
def test_another_host_name_is_not_answered_to(
    client: Client, settings: Settings, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert client.get("/api/videos", headers={"host": host}).status_code == 400


def test_with_accounts_nobody_is_signed_in_by_being_here(settings: Settings) -> None:
    settings.VREWCRAFT_MODE = "team"

    def get_response(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    with pytest.raises(MiddlewareNotUsed):
        LocalOwnerMiddleware(get_response)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org"])
def test_it_is_not_served_to_the_network(host: str) -> None:
    with pytest.raises(CommandError, match="has no passwords"):
        call_command("serve", "--host", host, "--port", "0")

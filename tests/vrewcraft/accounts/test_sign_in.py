"""Team mode: people sign in with an account and out again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Iterator[Client]:
    factories.person("ann", password="a long password")
    with override_settings(VREWCRAFT_MODE="team"):
        yield Client()


def test_the_page_asks_a_stranger_for_name_and_password(client: Client) -> None:
    page = client.get("/login/")
    assert page.status_code == 200
    assert b"connection-status" not in page.content


def test_an_account_without_staff_status_can_sign_in(client: Client) -> None:
    answer = client.post("/login/", {"username": "ann", "password": "a long password"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_wrong_password_is_said_on_the_page(client: Client) -> None:
    answer = client.post("/login/", {"username": "ann", "password": "wrong"})
    assert answer.status_code == 200
    assert b'role="alert"' in answer.content

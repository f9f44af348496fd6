"""The main navigation."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from videos.web import nav
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db


def links(user: User, path: str = "/") -> list[str]:
    request = RequestFactory().get(path)
    request.user = user
    return [link["url"] for link in nav.navigation(request)["nav"]]


def test_every_page_is_served_at_its_address() -> None:
    for page in nav.PAGES:
        assert resolve(reverse(page.name)).func is page.view


def test_pages_for_the_staff_are_shown_to_the_staff_alone() -> None:
    for_the_staff = reverse("workers")
    assert for_the_staff in links(User(is_staff=True))
    assert for_the_staff not in links(User())
    assert reverse("jobs") in links(User())


def test_the_page_that_is_open_is_marked(client: Client, owner: User) -> None:
    client.force_login(owner)
    page = " ".join(client.get("/jobs/").content.decode().split())
    assert '<a href="/jobs/" aria-current="page">Jobs</a>' in page
    assert page.count('aria-current="page"') == 1

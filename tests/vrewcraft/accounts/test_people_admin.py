"""People in the admin: the staff may let their edits stand still."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests import factories
from videos.models import QueuePause
from vrewcraft.accounts.models import User

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/accounts/user/"


@pytest.fixture
def client() -> Client:
    """The browser of somebody of the staff who may see people, and no more."""
    staff = factories.person("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_user"))
    browser = Client()
    browser.force_login(staff)
    return browser


def act(client: Client, action: str, *people: User) -> str:
    data = {"action": action, "_selected_action": [str(person.pk) for person in people]}
    return client.post(PEOPLE, data, follow=True).content.decode()


def test_the_queues_of_chosen_people_are_paused_and_resumed(client: Client) -> None:
    ann, bob, cid = (factories.person(name) for name in ("ann", "bob", "cid"))
    assert "Done for 2 people." in act(client, "pause_queues", ann, bob)
    assert QueuePause.objects.names() == {str(ann.pk), str(bob.pk)}
    assert "Done for 2 people." in act(client, "resume_queues", bob, cid)
    assert QueuePause.objects.names() == {str(ann.pk)}


def test_a_queue_that_is_paused_stays_so(client: Client) -> None:
    ann = factories.person("ann")
    for _ in range(2):
        assert "Done for 1 person." in act(client, "pause_queues", ann)
    assert QueuePause.objects.get().owner == ann

"""People and their API tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from vrewcraft.accounts.middleware import bearer
from vrewcraft.accounts.models import Token, User, digest

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    """Somebody with an account."""
    return factories.person("ann")


def test_the_local_owner_is_one_and_may_do_everything() -> None:
    owner = User.objects.local_owner()
    assert owner == User.objects.local_owner()
    assert User.objects.count() == 1
    assert (owner.is_staff, owner.is_superuser) == (True, True)
    assert not owner.has_usable_password()


def test_a_token_is_known_by_its_secret_only(ann: User) -> None:
    secret = Token.objects.issue(ann, "script")
    assert Token.objects.user_of(secret) == ann
    token = Token.objects.get()
    assert token.digest == digest(secret)
    assert secret not in str(vars(token))


@pytest.mark.parametrize("secret", ["", "x", "\0", "🎬"])
def test_another_secret_is_nobodys(ann: User, secret: str) -> None:
    Token.objects.issue(ann, "script")
    assert Token.objects.user_of(secret) is None


def test_the_stored_digest_is_no_secret(ann: User) -> None:
    Token.objects.issue(ann, "script")
    assert Token.objects.user_of(Token.objects.get().digest) is None


def test_who_was_shut_out_has_no_tokens(ann: User) -> None:
    secret = Token.objects.issue(ann, "script")
    User.objects.update(is_active=False)
    assert Token.objects.user_of(secret) is None


def test_issuing_a_kept_secret_again_changes_nothing(ann: User) -> None:
    for _ in range(2):
        assert Token.objects.issue(ann, "script", "kept") == "kept"
    assert Token.objects.count() == 1


def test_the_use_of_a_token_is_noted_once_a_minute(ann: User) -> None:
    secret = Token.objects.issue(ann, "script")
    Token.objects.user_of(secret)
    first = Token.objects.get().used_at
    Token.objects.user_of(secret)
    assert first is not None
    assert Token.objects.get().used_at == first
    Token.objects.update(used_at=timezone.now() - timedelta(minutes=2))
    Token.objects.user_of(secret)
    assert (Token.objects.get().used_at or first) > first - timedelta(seconds=60)


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc ", "abc"),
        ("Bearer ", ""),
        ("Bearer", ""),
        ("Basic abc", None),
        ("", None),
    ],
)
def test_a_token_is_read_from_its_header(header: str, secret: str | None) -> None:
    assert bearer(header) == secret

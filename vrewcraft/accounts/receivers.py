"""Rechecks sockets when a user's access may have ended."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from progress.receivers import access_changed
from vrewcraft.accounts.models import Token, User


@receiver(post_delete, sender=Session, dispatch_uid="accounts.session")
def on_session_gone(instance: Session, **_kwargs: Any) -> None:
    """Signed out, or the session was replaced at a sign-in."""
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id:
        _recheck(user_id)


@receiver(post_delete, sender=Token, dispatch_uid="accounts.token")
def on_token_gone(instance: Token, **_kwargs: Any) -> None:
    """A token was revoked."""
    _recheck(instance.user_id)


@receiver([post_save, post_delete], sender=User, dispatch_uid="accounts.user")
def on_user_changed(instance: User, **_kwargs: Any) -> None:
    """An account was turned off or deleted, or its password changed."""
    _recheck(instance.pk)


def _recheck(user_id: object) -> None:
    transaction.on_commit(partial(access_changed, user_id))

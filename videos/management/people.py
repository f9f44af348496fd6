"""Whom a command acts for."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import CommandError


def person(username: str | None) -> AbstractBaseUser:
    """The named person; without a name the only one there is. Raises CommandError."""
    people = get_user_model().objects.filter(is_active=True)
    if username is not None:
        found = people.filter(username=username).first()
        if found is None:
            raise CommandError(f"There is no active user named {username}.")
        return found
    candidates = list(people[:2])
    if len(candidates) != 1:
        reason = "There are several people" if candidates else "There is nobody yet"
        raise CommandError(f"{reason}: name one with --owner (createsuperuser makes one).")
    return candidates[0]

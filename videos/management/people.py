"""Whom a command acts for."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import CommandError


def person(username: str | None) -> AbstractBaseUser:
    """The named person; without a name the only one there is. Raises CommandError."""
    people = get_user_model().objects.filter(is_active=True)
    if username is not None:
        user = people.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no active user named {username}.")
        return user
    candidates = list(people[:2])
    if len(candidates) != 1:
        reason = "There are several users" if candidates else "There are no users"
        raise CommandError(f"{reason}: choose one with --owner (createsuperuser creates one).")
    return candidates[0]

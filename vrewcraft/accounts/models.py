"""People and their API tokens."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LOCAL_OWNER = "owner"


class UserManager(DjangoUserManager["User"]):
    """Django's manager, and the one person of local mode."""

    def local_owner(self) -> User:
        """The owner of a local library: a superuser without a password, made at the first call."""
        existing = self.filter(username=LOCAL_OWNER).first()
        if existing:
            return existing
        user, created = self.get_or_create(
            username=LOCAL_OWNER, defaults={"is_staff": True, "is_superuser": True}
        )
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return user


class User(AbstractUser):
    """A person. Every video, task and output belongs to one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    objects: ClassVar[UserManager] = UserManager()


def digest(secret: str) -> str:
    """What is stored of a token: its SHA-256 in hex. Tokens are random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenManager(models.Manager["Token"]):
    """Issues and checks tokens."""

    def issue(self, user: User, name: str, secret: str | None = None) -> str:
        """Store a token for `user` and give its secret, which is shown only now."""
        secret = secret or secrets.token_urlsafe(32)
        self.get_or_create(digest=digest(secret), defaults={"user": user, "name": name})
        return secret

    def user_of(self, secret: str) -> User | None:
        """The active person whose token this is, or None."""
        try:
            token = self.select_related("user").get(digest=digest(secret), user__is_active=True)
        except self.model.DoesNotExist:
            return None
        token.touch()
        return token.user


class Token(models.Model):
    """A secret by which a program acts for a person (`Authorization: Bearer`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[TokenManager] = TokenManager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name

    def touch(self) -> None:
        """Remember the day of use; at most one write a minute."""
        now = timezone.now()
        if self.used_at is None or (now - self.used_at).total_seconds() > 60:
            Token.objects.filter(pk=self.pk).update(used_at=now)

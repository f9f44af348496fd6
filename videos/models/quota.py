"""The quota of one user, where it differs from the default."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Quota(models.Model):
    """A person's own quota; who has none gets VREWCRAFT_QUOTA_BYTES."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    bytes = models.BigIntegerField(_("bytes"), help_text=_("0 means no quota."))

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = (
            models.CheckConstraint(condition=models.Q(bytes__gte=0), name="quota_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.owner}: {self.bytes} B"

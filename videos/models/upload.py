"""An upload: how a video's source arrives, and what is remembered of those that never did."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from videos.core.rate import Rate
from videos.models.video import Video, Viewer

# From here to a bucket the way is quicker than from a browser to here.
STORING_SHARE = 0.1


class UploadQuerySet(models.QuerySet["Upload"]):
    """Looks uploads up."""

    def for_user(self, user: Viewer) -> Self:
        """Those of the videos that this person may see, without a second query for these."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(video__owner=user.pk, video__deleted_at__isnull=True)


class Upload(models.Model):
    """The arrival of one source. `received` bytes are safe on disk; `length` may be unknown yet."""

    class Method(models.TextChoices):
        """The way it came."""

        MULTIPART = "multipart", _("Form upload")
        TUS = "tus", _("Resumable upload")
        IMPORT = "import", _("Import from disk")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="upload")
    method = models.CharField(_("method"), max_length=10, choices=Method.choices)
    length = models.BigIntegerField(_("declared bytes"), null=True, blank=True)
    received = models.BigIntegerField(_("received bytes"), default=0)
    bytes_per_second = models.FloatField(
        null=True, blank=True, help_text=_("Smoothed; empty while unknown.")
    )
    measured_seconds = models.FloatField(default=0)
    reserved = models.BigIntegerField(
        _("reserved bytes"), default=0, help_text=_("Kept free for it until it is finished.")
    )
    stored = models.BigIntegerField(
        _("stored bytes"),
        null=True,
        blank=True,
        help_text=_("With a bucket: how many bytes are there already."),
    )
    place = models.CharField(
        max_length=36, blank=True, help_text=_("The folder of incoming files that has its bytes.")
    )
    metadata = models.TextField(blank=True, help_text=_("As sent by the client at creation."))
    # SHA-256 of person and key, where a key came with the file.
    request_key = models.CharField(max_length=64, null=True, blank=True, editable=False)
    seq = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ("-created_at",)
        indexes: ClassVar = [
            models.Index(fields=["updated_at"], name="upload_changed"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(finished_at__isnull=True),
                name="upload_expires",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request_key"], name="upload_one_per_key"),
            models.CheckConstraint(
                condition=models.Q(received__gte=0)
                & (models.Q(length__isnull=True) | models.Q(received__lte=models.F("length"))),
                name="upload_received_within_length",
            ),
            models.CheckConstraint(
                condition=models.Q(stored__isnull=True)
                | models.Q(stored__gte=0, stored__lte=models.F("received")),
                name="upload_stored_within_received",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.video.name} ({self.received} B)"

    @property
    def is_under_way(self) -> bool:
        """Whether bytes are still expected."""
        return self.finished_at is None

    @property
    def rate(self) -> Rate:
        """How fast it comes."""
        return Rate(self.bytes_per_second, self.measured_seconds)

    @property
    def left_seconds(self) -> float | None:
        """How long it will still take; None while that would be a guess, and where it is over."""
        if self.length is None or self.finished_at or self.is_being_stored:
            return None
        return self.rate.left(self.length - self.received)

    @property
    def is_being_stored(self) -> bool:
        """Whether all bytes have arrived and are being transferred to the bucket."""
        return self.is_under_way and self.stored is not None and self.received == self.length

    @property
    def percent(self) -> float:
        """How much is safe, 0 to 100; 100 only once the file is whole in the library.

        With a bucket, its transfer is the last tenth.
        """
        if self.finished_at:
            return 100.0
        if not self.length:
            return 0.0
        share = self.received / self.length
        if self.stored is not None:
            share = (1 - STORING_SHARE) * share + STORING_SHARE * self.stored / self.length
        return min(99.99, round(100 * share, 2))


class ExpiredUpload(models.Model):
    """An upload that expired; kept for a while so that clients get 410."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    expired_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("expired upload")
        verbose_name_plural = _("expired uploads")

    def __str__(self) -> str:
        return str(self.pk)

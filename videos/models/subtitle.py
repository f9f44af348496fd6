"""A subtitle file: text with times that belongs to a video, kept as it came."""

from __future__ import annotations

import uuid
from functools import cache, partial
from pathlib import Path
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from videos.models.video import Video, Viewer
from videos.operations.base import SubtitleSource
from videos.storage import registry

UNKNOWN_LANGUAGE = "und"


class SubtitleFileQuerySet(models.QuerySet["SubtitleFile"]):
    """Looks subtitle files up, always for somebody."""

    def for_user(self, user: Viewer) -> Self:
        """Only what this person may see: of their own videos, and not deleted."""
        return self.owned_by(user).filter(deleted_at__isnull=True, video__deleted_at__isnull=True)

    def owned_by(self, user: Viewer) -> Self:
        """All that is theirs, deleted a moment ago or not."""
        return self.filter(video__owner=user) if user.is_authenticated else self.none()


class SubtitleFile(models.Model):
    """One file of subtitles. Its bytes never change; how they are read may be chosen anew."""

    class Format(models.TextChoices):
        """What its content turned out to be."""

        SRT = "srt", "SubRip"
        VTT = "vtt", "WebVTT"
        ASS = "ass", "Advanced SubStation Alpha"
        SMI = "smi", "SAMI"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="subtitles")
    name = models.CharField(_("name"), max_length=255)
    key = models.CharField(max_length=300, unique=True)
    bytes = models.BigIntegerField(_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    format = models.CharField(_("format"), max_length=3, choices=Format.choices)
    encoding = models.CharField(_("encoding"), max_length=20)
    encoding_chosen = models.BooleanField(
        default=False, help_text=_("The encoding was chosen by the user instead of detected.")
    )
    language = models.CharField(_("language"), max_length=3, default=UNKNOWN_LANGUAGE)
    cues = models.PositiveIntegerField(_("cues"))
    missing = models.TextField(blank=True, help_text=_("Characters that the font lacks."))
    preview = models.JSONField(
        default=list, help_text=_("Start and end in seconds, and text, of the first cues.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    deleted_at = models.DateTimeField(
        _("deleted"), null=True, blank=True, help_text=_("Hidden since then; removed soon after.")
    )

    objects = SubtitleFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("subtitle file")
        verbose_name_plural = _("subtitle files")
        ordering = ("created_at",)
        indexes: ClassVar = [
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="subtitles_deleted",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where programs read its bytes."""
        return registry.store().local_path(self.key)

    @property
    def track_key(self) -> str:
        """Where it lies as WebVTT, by how it is read."""
        return f"subtitles/{self.pk}/{self.encoding}.vtt"

    @property
    def as_source(self) -> SubtitleSource:
        """The file as operations see it."""
        return SubtitleSource(
            id=str(self.pk),
            name=self.name,
            path=self.path,
            format=self.format,
            encoding=self.encoding,
            language=self.language,
            key=self.key,
            read=cache(partial(registry.store().read, self.key)),
        )

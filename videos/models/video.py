"""A video: the library's item, with its untouched source."""

from __future__ import annotations

import uuid
from functools import cache, partial
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from videos.core.formatting import timecode
from videos.media.probe.model import Probe
from videos.models.signals import announce_video
from videos.models.video_index import keep_index, read_index
from videos.operations.base import Source, SubtitleSource
from videos.storage import registry

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager
    from typing_extensions import Buffer

    from videos.models.output import Output
    from videos.models.subtitle import SubtitleFile
    from videos.models.task import Task
    from videos.models.upload import Upload

Viewer = AbstractBaseUser | AnonymousUser


def owner_key(user: Viewer) -> uuid.UUID:
    """The primary key of somebody who is signed in."""
    if not isinstance(user.pk, uuid.UUID):
        raise TypeError("nobody is signed in")
    return user.pk


class VideoQuerySet(models.QuerySet["Video"]):
    """Looks videos up, always for somebody."""

    def for_user(self, user: Viewer) -> Self:
        """Only what this person may see: their own, and not deleted."""
        return self.owned_by(user).filter(deleted_at__isnull=True)

    def owned_by(self, user: Viewer) -> Self:
        """All that is theirs, deleted a moment ago or not."""
        return self.filter(owner=user) if user.is_authenticated else self.none()

    def same_file_as(self, video: Video) -> Self:
        """The owner's other videos whose source has the same bytes, oldest first."""
        same = self.filter(owner=video.owner_id, sha256=video.sha256, deleted_at__isnull=True)
        matches = same.exclude(pk=video.pk) if video.sha256 else self.none()
        return matches.for_lists().order_by("created_at")

    def for_lists(self) -> Self:
        """Without the probe, which holds every keyframe."""
        return self.defer("probe")


class Video(models.Model):
    """A library item. It exists from the creation of its upload on."""

    class State(models.TextChoices):
        """Whether the source can be edited."""

        ARRIVING = "arriving", _("Arriving")
        READY = "ready", _("Ready")
        BROKEN = "broken", _("Broken")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="videos"
    )
    name = models.CharField(_("name"), max_length=255)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.ARRIVING
    )
    source_key = models.CharField(max_length=300, blank=True)
    bytes = models.BigIntegerField(_("bytes"), default=0)
    media_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("Of the source, once it has been read."),
    )
    duration_us = models.BigIntegerField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    probe = models.JSONField(null=True, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_blanks = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(
        _("deleted"), null=True, blank=True, help_text=_("Hidden since then; removed soon after.")
    )
    seq = models.BigIntegerField(default=0)

    objects = VideoQuerySet.as_manager()

    if TYPE_CHECKING:
        outputs: RelatedManager[Output]
        subtitles: RelatedManager[SubtitleFile]
        tasks: RelatedManager[Task]
        upload: Upload

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ("-created_at",)
        indexes: ClassVar = [
            models.Index(fields=["owner", "-created_at"], name="video_owner_new"),
            models.Index(
                fields=["owner", "sha256"], condition=~models.Q(sha256=""), name="video_same_file"
            ),
            models.Index(fields=["updated_at"], name="video_changed"),
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="video_deleted",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["arriving", "ready", "broken"]), name="video_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ready")
                # A comparison with NULL is not false, so a check would let it pass.
                | models.Q(duration_us__isnull=False, duration_us__gt=0, probe__isnull=False)
                & ~models.Q(source_key=""),
                name="video_ready_is_probed",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="broken") | ~models.Q(error_code=""),
                name="video_broken_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def seconds(self) -> float:
        """Duration in seconds; 0 while unknown."""
        return (self.duration_us or 0) / 1_000_000

    @property
    def duration_text(self) -> str:
        """Duration as a timecode, or nothing while unknown."""
        return timecode(self.seconds, decimals=0) if self.duration_us else ""

    @cached_property
    def media(self) -> Probe | None:
        """What the probe found, or None before it has."""
        return Probe.from_json(self.probe) if self.probe else None

    @property
    def as_source(self) -> Source | None:
        """The video as operations see it, or None before it has been probed."""
        return self._source(self.media) if self.media else None

    @property
    def as_arrived(self) -> Source | None:
        """The file alone, for those who find out what is in it; None before it has arrived."""
        return self._source(Probe(bytes=self.bytes))

    def _source(self, probe: Probe) -> Source | None:
        if not self.source_key:
            return None
        path = registry.store().local_path(self.source_key)
        subtitles = self._subtitle_sources()
        read = cache(partial(read_index, self.pk))
        return Source(str(self.pk), self.name, path, probe, subtitles, self.source_key, read)

    def _subtitle_sources(self) -> tuple[SubtitleSource, ...]:
        present = self.subtitles.filter(deleted_at__isnull=True)
        return tuple(file.as_source for file in present)

    @transaction.atomic
    def changed(self, **values: object) -> None:
        """Write these fields, and notify open pages after the commit."""
        Video.objects.filter(pk=self.pk).update(seq=F("seq") + 1, updated_at=Now(), **values)
        self.refresh_from_db(fields=["seq", "updated_at", *values])
        announce_video(self)

    def take_source(self, key: str, size: int, media_type: str) -> None:
        """The source has arrived in the library under `key` (bytes, MIME type)."""
        self.changed(source_key=key, bytes=size, media_type=media_type)

    @transaction.atomic
    def become_ready(self, probe: Probe, index: Buffer = b"") -> None:
        """The probe found a video; `index` is what cutting needs to know of it."""
        keep_index(self.pk, memoryview(index).tobytes())
        self.changed(
            state=self.State.READY,
            probe=probe.to_json(),
            sha256=probe.sha256 or self.sha256,
            duration_us=probe.duration_us,
            width=probe.width,
            height=probe.height,
            warnings=list(probe.warnings),
            error_code="",
            error_blanks={},
        )
        self.__dict__.pop("media", None)

    def become_broken(self, code: str, values: dict[str, str | int | float]) -> None:
        """The source cannot be used, for the reason of that code."""
        self.changed(state=self.State.BROKEN, error_code=code, error_blanks=dict(values))

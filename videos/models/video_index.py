"""The index of a video's source, which planning a cut needs: large, so in a row of its own."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class VideoIndex(models.Model):
    """What media/cutting/index.py makes of a source, as bytes."""

    video = models.OneToOneField(
        "videos.Video", on_delete=models.CASCADE, primary_key=True, related_name="index"
    )
    data = models.BinaryField()

    class Meta:
        verbose_name = _("index of a video")
        verbose_name_plural = _("indexes of videos")

    def __str__(self) -> str:
        return str(self.video_id)


def read_index(video_id: UUID) -> bytes:
    """The index of a video's source; nothing where it has none yet."""
    found = VideoIndex.objects.filter(pk=video_id).values_list("data", flat=True).first()
    return bytes(found) if found else b""


def keep_index(video_id: UUID, data: bytes) -> None:
    """Keep the index of a video's source in place of an earlier one."""
    if data:
        VideoIndex.objects.update_or_create(video_id=video_id, defaults={"data": data})

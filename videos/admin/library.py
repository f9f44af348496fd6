"""Videos, uploads, outputs and quotas in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from videos.admin.base import ReadOnlyAdmin
from videos.models import Output, Quota, Task, Upload, Video
from videos.operations import outputs


class OutputInline(admin.TabularInline[Output, Task]):
    """What a task made."""

    model = Output
    extra = 0
    can_delete = False
    fields = readonly_fields = ("link", "kind_label", "bytes", "media_type", "created_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Outputs are made by tasks."""
        return False

    @admin.display(description=_("file"))
    def link(self, output: Output) -> SafeString:
        """The download."""
        return format_html('<a href="{}">{}</a>', output.url, output.name)

    @admin.display(description=_("kind"))
    def kind_label(self, output: Output) -> str:
        """What a person calls it."""
        return str(output.output_kind.label)


class OfVideoAdmin(ReadOnlyAdmin):
    """Rows that name their video, whose probe is left in the database: it holds every keyframe."""

    probe: ClassVar[str] = "video__probe"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the probe."""
        return super().get_queryset(request).defer(self.probe)


@admin.register(Video)
class VideoAdmin(OfVideoAdmin):
    """Videos and what the probe found."""

    probe = "probe"

    list_display = ("name", "owner", "state", "duration_text", "bytes", "created_at")
    list_filter = ("state", "created_at")
    search_fields = ("=id", "name", "owner__username")
    exclude = ("probe",)


@admin.register(Upload)
class UploadAdmin(OfVideoAdmin):
    """How sources arrived."""

    list_display = ("video", "method", "received", "length", "created_at", "finished_at")
    list_filter = ("method", "created_at")
    list_select_related = ("video",)
    search_fields = ("video__name", "=video__id")


@admin.register(Quota)
class QuotaAdmin(admin.ModelAdmin[Quota]):
    """Users whose quota differs from the default."""

    list_display = ("owner", "bytes")
    search_fields = ("owner__username",)


class OutputKindFilter(admin.SimpleListFilter):
    """The kinds that are declared, by their labels."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All kinds."""
        return [(kind.slug, str(kind.label)) for kind in outputs.all_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Output]) -> QuerySet[Output]:
        """Those of the kind that was chosen."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Output)
class OutputAdmin(OfVideoAdmin):
    """Published files."""

    list_display = ("name", "kind_label", "video", "bytes", "created_at")
    list_filter = (OutputKindFilter, "created_at")
    list_select_related = ("video",)
    search_fields = ("=id", "name", "video__name", "key")

    @admin.display(description=_("kind"), ordering="kind")
    def kind_label(self, output: Output) -> str:
        """What a person calls it."""
        return str(output.output_kind.label)

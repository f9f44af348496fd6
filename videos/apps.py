"""The videos app: the library, tasks and the work itself."""

from django.apps import AppConfig


class VideosConfig(AppConfig):
    """Videos, uploads, tasks, attempts and outputs."""

    name = "videos"
    default_auto_field = "django.db.models.BigAutoField"

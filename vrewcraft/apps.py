"""The project's own app: server, settings, and which engine wakes workers."""

from django.apps import AppConfig
from django.conf import settings


class VrewcraftConfig(AppConfig):
    """Holds the command that serves."""

    name = "vrewcraft"

    def ready(self) -> None:
        """Notify Celery of work where it is the engine."""
        if settings.VREWCRAFT_ENGINE == "celery":
            # Models: not before the apps are ready.
            from videos.services.tasks import notify  # noqa: PLC0415
            from vrewcraft.contrib.celery.app import hints  # noqa: PLC0415

            notify.subscribe(hints.send)

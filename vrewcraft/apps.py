"""The project's own app: server, settings, and which engine wakes workers."""

from django.apps import AppConfig
from django.conf import settings


class VrewcraftConfig(AppConfig):
    """Holds the command that serves."""

    name = "vrewcraft"

    def ready(self) -> None:
        """Let Celery hear of work where it is the engine."""
        if settings.VREWCRAFT_ENGINE == "celery":
            from videos import engine  # noqa: PLC0415 (models: not before the apps are ready)
            from vrewcraft.contrib.celery.app import hints  # noqa: PLC0415

            engine.also_tell(hints.send)

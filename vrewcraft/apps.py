"""The project's own app: server and settings."""

from django.apps import AppConfig


class VrewcraftConfig(AppConfig):
    """Holds the command that serves."""

    name = "vrewcraft"

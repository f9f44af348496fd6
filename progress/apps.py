"""The progress app: live delivery. It has no tables."""

from django.apps import AppConfig


class ProgressConfig(AppConfig):
    """Listens to the videos app and notifies open pages."""

    name = "progress"

    def ready(self) -> None:
        """Connect the receivers."""
        from progress import receivers  # noqa: F401, PLC0415 (models are loaded by now)

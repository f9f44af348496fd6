"""Installs the fault points of points.py in a process that is started with our settings."""

from __future__ import annotations

from django.apps import AppConfig

from tests.chaos import points


class FaultPoints(AppConfig):
    """An app without models; what it does is decided by the environment."""

    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        """Watch the points, once the product's modules are there."""
        points.install()

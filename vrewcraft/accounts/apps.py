"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and their API tokens."""

    name = "vrewcraft.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Connect the receivers."""
        from vrewcraft.accounts import receivers  # noqa: F401, PLC0415 (models are loaded by now)

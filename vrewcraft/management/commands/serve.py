"""`manage.py serve`: pages, live delivery and, unless disabled, edits in one process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from videos.services.uploads import recovery
from videos.storage import inbox
from vrewcraft import server
from vrewcraft.accounts.models import Token, User
from vrewcraft.env import is_loopback, kept_secret
from vrewcraft.http.body_limit import body_limit
from vrewcraft.runtime import runtime


class Command(BaseCommand):
    """Serve the site."""

    help = (
        "Serve the site on HOST:PORT (127.0.0.1:8000). Data is kept in VREWCRAFT_DATA_DIR "
        "(./data). Migrates the database first, and runs edits in this process unless "
        "VREWCRAFT_RUN_WORKER=no."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Address and port, otherwise from the environment."""
        parser.add_argument("--host", default=settings.VREWCRAFT_HOST)
        parser.add_argument("--port", type=int, default=settings.VREWCRAFT_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the port, migrate, start the worker, serve until stopped."""
        host, port = options["host"], options["port"]
        if settings.VREWCRAFT_MODE == "local" and not is_loopback(host):
            raise CommandError(
                "Local mode has no passwords, so it listens on this machine only. Use --host "
                "127.0.0.1, or set VREWCRAFT_MODE=team for accounts."
            )
        try:
            listener = server.bind(host, port)
        except server.CannotListen as error:
            raise CommandError(str(error)) from error
        self._prepare()
        from vrewcraft.asgi import application  # noqa: PLC0415 (only this command needs it)

        runtime.start(run_worker=settings.VREWCRAFT_RUN_WORKER)
        try:
            server.run(
                settings.VREWCRAFT_SERVER,
                application,
                listener,
                on_ready=self._ready,
                on_stopping=runtime.stop_work,
                options=server.Options(
                    body_limit=body_limit,
                    spool_dir=inbox.folder(),
                    ping_interval=settings.VREWCRAFT_PING_SECONDS,
                    ping_timeout=settings.VREWCRAFT_PING_PATIENCE_SECONDS,
                ),
            )
        finally:
            runtime.stop()

    def _prepare(self) -> None:
        Path(settings.VREWCRAFT_DATA_DIR).mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        inbox.remove_abandoned()
        recovery.reconcile()
        if settings.VREWCRAFT_MODE == "local":
            secret = kept_secret(_token_file())
            Token.objects.issue(User.objects.local_owner(), "local", secret)

    def _ready(self, host: str, port: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"\nVrewCraft is at  http://{shown}:{port}")
        self.stdout.write(f"Your library:    {settings.VREWCRAFT_DATA_DIR}")
        if settings.VREWCRAFT_MODE == "local":
            self.stdout.write(f"API token:       {kept_secret(_token_file())}")
        self.stdout.write("Stop with Ctrl-C; running edits continue at the next start.\n")
        self.stdout.flush()


def _token_file() -> Path:
    return Path(settings.VREWCRAFT_DATA_DIR) / "token"

"""The bench's site under the built-in server, as `manage.py serve` runs the product."""

from __future__ import annotations

import os
from pathlib import Path

from bench.live_site import application
from vrewcraft import server
from vrewcraft.http.body_limit import body_limit


def main() -> None:
    """Serve until told to stop."""
    server.run(
        "daphne",
        application,
        server.bind("127.0.0.1", int(os.environ["PORT"])),
        on_ready=lambda _host, _port: None,
        on_stopping=lambda: None,
        options=server.Options(
            body_limit=body_limit, spool_dir=Path(os.environ["VREWCRAFT_DATA_DIR"], "incoming")
        ),
    )


if __name__ == "__main__":
    main()

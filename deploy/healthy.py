"""Whether the web process in this container answers: for HEALTHCHECK. Exit code 0 or 1."""

import http.client
import os
import sys

PATIENCE_SECONDS = 5


def main() -> int:
    """Ask /livez under a name that the site answers to."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    port = int(os.environ.get("PORT", "8000"))
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        server.request("GET", "/livez", headers={"Host": host})
        return 0 if server.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException):
        return 1
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())

"""Run a command beside a real PostgreSQL and Valkey.

`python -m tests.servers.with_services COMMAND [ARGUMENT...]`

DATABASE_URL and REDIS_URL tell the command where they are; one that is set already is kept, and
its service is not started. The exit code is the command's.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

from tests.servers.services import PostgresServer, ValkeyServer

SERVICES = {"DATABASE_URL": PostgresServer, "REDIS_URL": ValkeyServer}


def main() -> int:
    """Start what is not named, run the command, stop what was started."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m tests.servers.with_services COMMAND [ARGUMENT...]")
    with ExitStack() as stack:
        for name, service in SERVICES.items():
            if not os.environ.get(name):
                os.environ[name] = stack.enter_context(service()).url
        return subprocess.run(sys.argv[1:], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

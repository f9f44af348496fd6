"""A client to be killed: `python -m bench.uploads.sender PORT TOKEN LOCATION FILE`.

It prints `began`, then every offset that the server acknowledged.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.uploads.client import MIB, Client, Site


def main(port: str, token: str, location: str, name: str) -> None:
    """Send what is missing until it is killed."""
    client = Client(Site(int(port), "/api/uploads/", token))
    path = Path(name)
    offset, size = client.offset(location), path.stat().st_size
    print("began", flush=True)
    with path.open("rb") as file:
        while offset < size:
            offset = client.patch(location, file, offset, min(MIB, size - offset))
            print(offset, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

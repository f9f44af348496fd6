"""Whether uploads and downloads are fast, small in memory and lose no byte. `make bench-upload`.

    python -m bench.upload [SECTION ...]

Beside our server stands the reference server of tus on Node with the same client, the same chunks
of 8 MiB and the same sync at the end. It needs about 8 GB where temporary files are kept.
"""

from __future__ import annotations

import sys

from bench.harness.figures import run_sections
from bench.upload.cuts import cuts
from bench.upload.refusals import full_disk, races
from bench.upload.transfers import downloads, parallel, speed

SECTIONS = {
    "speed": speed,
    "parallel": parallel,
    "downloads": downloads,
    "races": races,
    "cuts": cuts,
    "disk": full_disk,
}

if __name__ == "__main__":
    sys.exit(run_sections(SECTIONS, sys.argv[1:]))

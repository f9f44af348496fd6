"""Whether uploads and downloads are fast, small in memory and lose no byte. `make bench-upload`.

Beside our server stands the reference server of tus on Node with the same client, the same chunks
of 8 MiB and the same sync at the end.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from bench.harness.client import MIB
from bench.harness.figures import Section, run_sections
from bench.upload.cuts import cuts
from bench.upload.refusals import full_disk, races
from bench.upload.transfers import downloads, parallel, speed


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="bench.upload", description=__doc__)
    parser.add_argument("sections", nargs="*", help="speed parallel downloads races cuts disk")
    parser.add_argument("--folder", type=Path, help="where to work; it needs about 8 GB")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--cuts", type=int, default=300)
    options = parser.parse_args()
    size = options.size * MIB
    sections: dict[str, Section] = {
        "speed": partial(speed, size, options.pairs),
        "parallel": parallel,
        "downloads": partial(downloads, size),
        "races": races,
        "cuts": partial(cuts, options.cuts),
        "disk": full_disk,
    }
    return run_sections(sections, options.sections, within=options.folder)


if __name__ == "__main__":
    sys.exit(main())

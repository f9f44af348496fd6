"""Whether uploads and downloads are fast, small in memory and lose no byte. `make bench-upload`.

Beside our server stands the reference server of tus on Node with the same client, the same chunks
of 8 MiB and the same sync at the end, and a plain copy as the limit.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.harness.client import MIB
from bench.harness.figures import run_sections
from bench.upload.cuts import cuts
from bench.upload.downloads import downloads
from bench.upload.files import random_file
from bench.upload.refusals import full_disk, races
from bench.upload.throughput import parallel, speed


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="bench.upload", description=__doc__)
    parser.add_argument("sections", nargs="*", help="speed parallel downloads races cuts disk")
    parser.add_argument("--folder", type=Path, help="where to work; it needs about 8 GB")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--cuts", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vrewcraft-uploads-", dir=options.folder) as name:
        folder = Path(name)
        large = random_file(folder / "large.mp4", options.size * MIB)
        sections = {
            "speed": partial(speed, folder, large, options.pairs),
            "parallel": partial(parallel, folder),
            "downloads": partial(downloads, folder, large),
            "races": partial(races, folder),
            "cuts": partial(cuts, folder, options.cuts),
            "disk": partial(full_disk, folder),
        }
        return run_sections(sections, options.sections)


if __name__ == "__main__":
    sys.exit(main())

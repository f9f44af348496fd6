"""`make bench-live`: live delivery under load, against a Node `ws` server and a plain consumer.

    python -m bench.live [SECTION ...]

Prints each figure with its bound; ends with 1 where one is out of bounds. SECTIONs: see below;
without any, all of them.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import live_disconnects, live_fanout, live_many, live_memory
from bench.live_figures import Figures
from bench.live_servers import Site
from tests.servers.app import ROOT

SOCKETS = 12_000
SECTIONS: dict[str, Callable[[Path, Figures], None]] = {
    "fan-out": lambda folder, figures: live_fanout.measure(Site(folder), figures),
    "videos": lambda folder, figures: live_many.videos(Site(folder), figures),
    "processes": live_many.processes,
    "idle": lambda folder, figures: live_many.idle(Site(folder), figures),
    "disconnects": live_disconnects.measure,
    "memory": live_memory.measure,
}


def main() -> None:
    """Measure what the command line names."""
    _least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(SOCKETS, most), most))
    # The packages of tests/js, `ws` among them.
    subprocess.run([sys.executable, "scripts/js.py", "install"], cwd=ROOT, check=True)
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="vrewcraft-bench-") as folder:
        for name in sys.argv[1:] or SECTIONS:
            SECTIONS[name](Path(folder, name, "data"), figures)
    print(f"\n{figures.summary()}")
    sys.exit(1 if figures.out_of_bounds() else 0)


if __name__ == "__main__":
    main()

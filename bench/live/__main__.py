"""`make bench-live`: live delivery under load, against a Node `ws` server and a plain consumer.

    python -m bench.live [SECTION ...]

SECTIONs: see below; without any, all of them.
"""

from __future__ import annotations

import resource
import subprocess
import sys

from bench.harness.figures import run_sections
from bench.live.disconnects import disconnects
from bench.live.fan_out import fan_out
from bench.live.many_sockets import idle, processes, videos
from bench.live.memory import memory
from tests.servers.app import ROOT

SOCKETS = 12_000
SECTIONS = {
    "fan-out": fan_out,
    "videos": videos,
    "processes": processes,
    "idle": idle,
    "disconnects": disconnects,
    "memory": memory,
}

if __name__ == "__main__":
    _least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(SOCKETS, most), most))
    # The packages of tests/js, `ws` among them.
    subprocess.run([sys.executable, "scripts/js.py", "install"], cwd=ROOT, check=True)
    sys.exit(run_sections(SECTIONS, sys.argv[1:]))

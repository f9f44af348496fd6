"""ffmpeg with its progress noted: stands in for it, passes everything through, keeps the times.

The note's lines are: the time (seconds since 1970), the process, and the line that ffmpeg printed.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

KEPT = (b"out_time_us=", b"progress=")


def main() -> int:
    """Run the real ffmpeg with the same arguments; its exit code."""
    with (
        Path(os.environ["BENCH_TAP_LOG"]).open("ab", buffering=0) as log,
        subprocess.Popen(
            [os.environ["BENCH_TAP_FFMPEG"], *sys.argv[1:]], stdout=subprocess.PIPE
        ) as child,
    ):
        if child.stdout is None:
            return 1
        for line in child.stdout:
            if line.startswith(KEPT):
                log.write(b"%.4f %d %s" % (time.time(), child.pid, line))
            os.write(1, line)
        return child.wait()


if __name__ == "__main__":
    sys.exit(main())

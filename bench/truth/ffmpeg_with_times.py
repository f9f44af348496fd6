"""ffmpeg that writes down when it printed which progress: stands in for it, passes all through.

Each line of its log is the time (seconds since 1970) and the media time in microseconds.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

MEDIA_TIME = b"out_time_us="


def main() -> int:
    """Run the real ffmpeg with the same arguments; its exit code."""
    argv = [os.environ["BENCH_FFMPEG"], *sys.argv[1:]]
    with (
        Path(os.environ["BENCH_FFMPEG_LOG"]).open("ab", buffering=0) as log,
        subprocess.Popen(argv, stdout=subprocess.PIPE) as child,
    ):
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith(MEDIA_TIME):
                log.write(b"%.4f %s" % (time.time(), line.removeprefix(MEDIA_TIME)))
            os.write(1, line)
        return child.wait()


if __name__ == "__main__":
    sys.exit(main())

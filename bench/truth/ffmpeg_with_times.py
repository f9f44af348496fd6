"""`ffmpeg_with_times.py LOG FFMPEG ARGUMENT...`: ffmpeg that notes when it printed which progress.

Each line of the log is the time (seconds since 1970) and the media time in microseconds.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

MEDIA_TIME = b"out_time_us="

with (
    Path(sys.argv[1]).open("ab", buffering=0) as log,
    subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE) as child,
):
    for line in child.stdout or ():
        if line.startswith(MEDIA_TIME):
            log.write(b"%.4f %s" % (time.time(), line.removeprefix(MEDIA_TIME)))
        os.write(1, line)
sys.exit(child.returncode)

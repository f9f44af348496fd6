#!/usr/bin/env bash
# pysubs2 writes every ASS event after the tenth hour at 9:59:59.99.
#
# Seen with pysubs2 1.8.1.
# Guess: an event at 12 h is written as 12:00:00.00, as libass reads it and as WebVTT and TTML get
#   it.
# Seen: hours have one digit, so times are clamped: all later captions pile up in one moment, with
#   no length. Only a RuntimeWarning says so, which a server's log seldom shows.
# Who meets it: captions of day-long streams and of recordings whose clock is the time of day.
# Instead: shift the times to 0 first, or turn the warning into an error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq pysubs2==1.8.1

venv/bin/python -W ignore - <<'PY'
import sys

import pysubs2

HOUR = 3_600_000
subtitles = pysubs2.SSAFile()
for hour in (8, 12, 18):
    subtitles.append(pysubs2.SSAEvent(start=hour * HOUR, end=hour * HOUR + 2000, text="words"))
lines = subtitles.to_string("ass").splitlines()
seen = [line.split(",")[1:3] for line in lines if line.startswith("Dialogue:")]
print("pysubs2", pysubs2.VERSION)
print("events at 8, 12 and 18 h, of 2 s each: seen", seen)
if seen != [["8:00:00.00", "8:00:02.00"], *[["9:59:59.99", "9:59:59.99"]] * 2]:
    sys.exit("Changed: times after ten hours are written in another way.")
PY

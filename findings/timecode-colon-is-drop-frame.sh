#!/usr/bin/env bash
# The package `timecode` takes 00:01:00:00 for drop-frame, and shifts it.
#
# Seen with timecode 1.5.1.
# Guess: at 29.97 the last separator decides, as on tape and in editing programs: ":" is non-drop.
# Seen: any 29.97 is drop-frame. 00:01:00:00, which only non-drop has, becomes 00:00:59;28; an hour
#   counts 107,893 frames, not 108,001, so times read from non-drop material are 3.6 s off after an
#   hour.
# Who meets it: reading edit lists and sound reports, which are often non-drop at 29.97.
# Instead: `force_non_drop_frame=";" not in text`.
# Public: https://github.com/eoyilmaz/timecode/issues/13
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq timecode==1.5.1

venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

from timecode import Timecode

print("timecode", version("timecode"))
minute, hour = Timecode("29.97", "00:01:00:00"), Timecode("29.97", "01:00:00:00")
forced = Timecode("29.97", "01:00:00:00", force_non_drop_frame=True)
print(f"00:01:00:00: expected 00:01:00:00, seen {minute}")
print(f"01:00:00:00: expected {forced.frames} frames, seen {hour.frames}")
if (str(minute), hour.frames, forced.frames) != ("00:00:59;28", 107893, 108001):
    sys.exit("Changed: the separator decides, or the frames are counted in another way.")
PY

#!/usr/bin/env bash
# A stream copy of H.264 with B-frames ends late, and pictures are missing just before its end.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1), read with PyAV 18.1.0.
# Guess: `-ss 2 -t 4 -c copy`, cut at a keyframe, holds the 120 pictures of 4 s at 30/s.
# Seen: `-t` stops by decode times. Reference pictures after the end are already in, the B-frames
#   before them are not: the last picture stands at 4.1 s and the two before it are missing, so the
#   end stutters.
# Who meets it: everybody who trims without encoding; a check of the duration alone says "fine".
# Instead: drop what is shown at or after the end yourself, or encode from the last keyframe on.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 av==18.1.0
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

ff -f lavfi -i testsrc2=rate=30:duration=10 -c:v libx264 -g 30 -bf 2 film.mp4
ff -ss 2 -i film.mp4 -t 4 -c copy cut.mp4
venv/bin/python - <<'PY'
import sys

import av

with av.open("cut.mp4") as cut:
    pictures = [round(frame.time * 30) for frame in cut.decode(video=0)]
missing = sorted(set(range(pictures[-1])) - set(pictures))
print("expected 120 pictures, the last one number 119, none missing")
print(f"seen {len(pictures)}, the last one number {pictures[-1]}, missing {missing}")
if not missing or pictures[-1] <= 119:
    sys.exit("Changed: the copy ends where it should and is whole.")
PY

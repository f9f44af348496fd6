#!/usr/bin/env bash
# MoviePy's clock runs at another speed in films of variable frame rate.
#
# Seen with MoviePy 2.2.1 and ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: `get_frame(6)` is the picture that a player shows at 6 s.
# Seen: MoviePy counts pictures at the average rate, but ffmpeg hands it pictures at the highest
#   one, with repeats. Film whose second half has a lower rate: the picture of 3.8 s is returned for
#   6 s, and for 1 s that of 0.6 s. Sound keeps its time, so the two drift apart.
# Who meets it: phones (rate falls in the dark), screen recordings, video calls.
# Instead: make the rate constant first: `ffmpeg -i in.mp4 -fps_mode cfr -r 30 out.mp4`.
# Public: https://github.com/Zulko/moviepy/issues/1660
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq moviepy==2.2.1 imageio-ffmpeg==0.8.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

# Brightness tells the time.
clock="color=black:rate=30:duration=8:size=64x64,geq=lum=16+25*T:cb=128:cr=128"
ff -f lavfi -i "$clock,select='lt(t,4)+not(mod(n,15))'" -fps_mode vfr -c:v libx264 -crf 5 phone.mp4
ff -i phone.mp4 -fps_mode cfr -r 30 -c:v libx264 -crf 5 constant.mp4
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

from moviepy import VideoFileClip

print("moviepy", version("moviepy"))
times = (1, 3, 6)
seen = {}
for name in ("phone.mp4", "constant.mp4"):
    with VideoFileClip(name, audio=False) as clip:
        seen[name] = [round(float(clip.get_frame(t)[0, 0, 0]) * 219 / 255 / 25, 1) for t in times]
    print(f"{name}: asked for {times} s, seen pictures of {seen[name]} s")
if max(abs(t - s) for t, s in zip(times, seen["constant.mp4"])) > 0.2:
    sys.exit("Changed: a constant rate is wrong as well.")
if max(abs(t - s) for t, s in zip(times, seen["phone.mp4"])) < 1:
    sys.exit("Changed: pictures of a variable rate come at their times.")
PY

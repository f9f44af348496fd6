#!/usr/bin/env bash
# An MP4 of variable frame rate with B-frames says that it is far shorter than it is.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1), read with PyAV 18.1.0 and pymediainfo 7.0.1.
# Guess: the duration of an MP4 that ffmpeg has just encoded reaches to its last picture at least.
# Seen: the track's length in the header is summed up in decode order, in which the long pictures of
#   the end count little, and ffmpeg and PyAV believe it: a recording that stands still from 2 s on,
#   with its last picture at 15 s, lasts 5.1 s. MediaInfo reads the edit list, which is right.
# Who meets it: encodes of screen recordings, slides and phone films: percentages pass 100, checks
#   of the duration fail, and an end taken from it cuts two thirds off.
# Instead: `-bf 0` or a constant rate for such films; believe the last picture's time, not the
#   header.
# Public: https://github.com/PyAV-Org/PyAV/issues/2335
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 av==18.1.0 pymediainfo==7.0.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

venv/bin/pip list 2>/dev/null | grep -E '^(av|pymediainfo) '
screen="testsrc2=rate=30:duration=20:size=64x64,select='lt(t,2)+not(mod(n,150))'"
ff -f lavfi -i "$screen" -fps_mode vfr -c:v libx264 film.mp4
ff -f lavfi -i "$screen" -fps_mode vfr -c:v libx264 -bf 0 plain.mp4
venv/bin/python - <<'PY'
import sys

import av
from pymediainfo import MediaInfo

said, last = {}, {}
for name in ("film.mp4", "plain.mp4"):
    with av.open(name) as film:
        said[name] = film.duration / 1e6
        last[name] = max(frame.time for frame in film.decode(video=0))
    track = MediaInfo.parse(name).video_tracks[0].duration / 1000
    print(f"{name}: last picture at {last[name]} s, lasts {said[name]} s (MediaInfo {track} s)")
if said["plain.mp4"] < last["plain.mp4"]:
    sys.exit("Changed: -bf 0 is wrong as well.")
if said["film.mp4"] > last["film.mp4"]:
    sys.exit("Changed: the duration reaches to the last picture.")
PY

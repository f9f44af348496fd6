#!/usr/bin/env bash
# Three libraries, one rotated film, three answers.
#
# Seen with PyAV 18.1.0, pymediainfo 7.0.1, imageio-ffmpeg 0.8.1 (ffmpeg 9.0.2).
# Guess: 90 is 90, perhaps with another sign.
# Seen: PyAV says 90 (counter-clockwise), MediaInfo 270 (clockwise, the same thing), and
#   imageio-ffmpeg's `rotate` 0, although its `size` and its frames are turned. In MKV MediaInfo
#   knows of no rotation at all.
# Who meets it: whoever swaps width and height by one reader and turns frames by another.
# Instead: take size and rotation from the one library that decodes, and test with a film that is
#   not square.
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

ff -f lavfi -i testsrc2=rate=25:duration=1:size=320x240 -c:v libx264 flat.mp4
ff -display_rotation 90 -i flat.mp4 -c copy phone.mp4
ff -i phone.mp4 -c copy phone.mkv
venv/bin/python - <<'PY'
import logging
import sys

import av
import imageio_ffmpeg
from pymediainfo import MediaInfo

logging.disable()  # imageio-ffmpeg warns of the size
seen = {}
for name in ("phone.mp4", "phone.mkv"):
    with av.open(name) as film:
        pyav = next(film.decode(video=0)).rotation
    mediainfo = MediaInfo.parse(name).video_tracks[0].rotation
    reader = imageio_ffmpeg.read_frames(name)
    meta = next(reader)
    reader.close()
    seen[name] = (pyav, mediainfo, meta["rotate"], meta["size"])
    print(f"{name}: PyAV {pyav}, MediaInfo {mediainfo}, imageio-ffmpeg", *seen[name][2:])
expected = {"phone.mp4": (90, "270.000", 0, (240, 320)), "phone.mkv": (90, None, 0, (240, 320))}
if seen != expected:
    sys.exit("Changed: the three agree, or disagree in another way.")
PY

#!/usr/bin/env bash
# A cut keeps the timecode of the source's first picture.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1), read with PyAV 18.1.0.
# Guess: cut 10 s in, a film that begins at 01:00:00:00 begins at 01:00:10:00, as in any editing
#   program.
# Seen: the timecode travels as a metadata text: 01:00:00:00 again, with a copy and with an encode.
# Who meets it: editors who match a cut against its camera file by timecode: every cut lands 10 s
#   off.
# Instead: compute the new one and pass `-timecode`, or drop it: `-metadata:s timecode= -write_tmcd
#   0`.
# Public: https://github.com/mifi/lossless-cut/issues/2213
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

ff -f lavfi -i testsrc2=rate=25:duration=20 -timecode 01:00:00:00 -c:v libx264 -g 25 camera.mov
begins() { venv/bin/python -c "
import av, sys
with av.open(sys.argv[1]) as film:
    print(film.streams.video[0].metadata.get('timecode'))" "$1"; }
ff -ss 10 -i camera.mov -c copy copied.mov
ff -ss 10 -i camera.mov -c:v libx264 encoded.mov
echo "source $(begins camera.mov); cut at 10 s: expected 01:00:10:00"
echo "seen: copied $(begins copied.mov), encoded $(begins encoded.mov)"
[ "$(begins copied.mov)$(begins encoded.mov)" = 01:00:00:0001:00:00:00 ] ||
    changed "the timecode moves."

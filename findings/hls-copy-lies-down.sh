#!/usr/bin/env bash
# HLS by stream copy turns a phone's upright film on its side.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1), read with PyAV 18.1.0.
# Guess: a copy keeps the rotation, or says that it cannot.
# Seen: MPEG-TS has no place for the display matrix. TS and HLS with the default segments drop it,
#   exit code 0, nothing said; so does AVI. MP4, MKV and HLS with fMP4 segments keep it.
# Who meets it: streaming of uploads without encoding, which tests with films of cameras do not
#   show.
# Instead: `-hls_segment_type fmp4`, or encode films that are rotated.
# Public: https://github.com/livepeer/go-livepeer/issues/2726
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

ff -f lavfi -i testsrc2=rate=25:duration=2 -c:v libx264 flat.mp4
ff -display_rotation 90 -i flat.mp4 -c copy phone.mp4
turned() { venv/bin/python -c "
import av, sys
with av.open(sys.argv[1]) as film:
    print(next(film.decode(video=0)).rotation)" "$1"; }
ff -i phone.mp4 -c copy phone.mkv
ff -i phone.mp4 -c copy phone.m3u8
ff -i phone.mp4 -c copy -hls_segment_type fmp4 fragments.m3u8
echo "source $(turned phone.mp4) degrees; expected the same from all copies"
echo "MKV $(turned phone.mkv), HLS $(turned phone.m3u8), HLS with fMP4 $(turned fragments.m3u8)"
[ "$(turned phone.mp4)$(turned fragments.m3u8)" = 9090 ] || changed "fMP4 segments lose it too."
[ "$(turned phone.m3u8)" = 0 ] || changed "HLS with TS segments keeps the rotation."

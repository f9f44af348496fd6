#!/usr/bin/env bash
# `-ss` before `-i` loses the first pictures of a cut from MPEG-TS, even when everything is encoded
# again.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: with an encode, input-side `-ss` is accurate to the frame, as it is for MP4 and MKV.
# Seen: MPEG-TS has no index. The seek lands behind the keyframe, decoding begins at the next one,
#   and up to a GOP is gone: 20 of 100 pictures here. Exit code 0, and nothing is said at `-v error`
#   that would tell it from harmless noise.
# Who meets it: cuts of recordings from cameras, capture cards and broadcast (.ts, .m2ts, .mts).
# Instead: seek some seconds early and drop the rest with a second `-ss` behind `-i`, or remux
#   first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

film=testsrc2=rate=25:duration=10
ff -f lavfi -i "$film" -c:v libx264 -g 50 film.mp4
ff -i film.mp4 -c copy film.ts
pictures() { "$ffmpeg" -nostdin -v fatal "$@" -t 4 -c:v libx264 -f null - -progress - |
    sed -n 's/^frame=//p' | tail -1; }
mp4=$(pictures -ss 3.2 -i film.mp4)
ts=$(pictures -ss 3.2 -i film.ts)
both=$(pictures -ss 0.2 -i film.ts -ss 3)
echo "4 s at 25/s from 3.2 s on: expected 100 pictures; MP4 $mp4, TS $ts, TS with two -ss $both"
[ "$mp4" = 100 ] || changed "even the MP4 gives $mp4 pictures."
[ "$ts" -lt 100 ] || changed "the TS gives all 100 pictures."

#!/usr/bin/env bash
# A cover picture makes a cut to Matroska begin with seconds of nothing.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1), read with PyAV 18.1.0.
# Guess: `-ss 5 -t 3 -c copy` to MKV starts at 0 and lasts 3 s, cover or not.
# Seen: the cover's one packet keeps time 0 while the film's keep those of the source: the file
#   lasts 8 s and the film begins at 5 s. Without the cover, or to MP4, all is well. Exit code 0.
# Who meets it: cutting downloads and podcasts, which often carry their artwork as a video stream.
# Instead: leave streams with the disposition attached_pic out of a cut, and attach the picture
#   afterwards.
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

ff -f lavfi -i testsrc2=rate=30:duration=10 -c:v libx264 -g 30 plain.mp4
ff -f lavfi -i color=blue:size=64x64 -frames:v 1 cover.png
ff -i plain.mp4 -i cover.png -map 0 -map 1 -c copy -disposition:v:1 attached_pic covered.mp4
begins() { venv/bin/python -c "
import av, sys
with av.open(sys.argv[1]) as film:
    print(round(next(film.decode(video=0)).time))" "$1"; }
for source in plain covered; do
    ff -ss 5 -i $source.mp4 -map 0 -t 3 -c copy $source.mkv
    echo "$source: first picture expected at 0 s, seen at $(begins $source.mkv) s"
done
[ "$(begins plain.mkv)" = 0 ] || changed "a film without a cover no longer begins at 0."
[ "$(begins covered.mkv)" = 5 ] || changed "a film with a cover begins at $(begins covered.mkv) s."

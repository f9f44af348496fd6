#!/usr/bin/env bash
# A palette AVI is black after a seek.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: every picture of raw video stands for itself, so `-ss` before `-i` changes no colour.
# Seen: the demuxer hands out the palette with the first packet of the file only. After a seek the
#   decoder has none: red becomes black. Exit code 0, no word.
# Who meets it: thumbnails and cuts of 256-colour AVIs: old screen recordings, microscopes, machine
#   vision.
# Instead: seek behind `-i` for pal8 input (`-i in.avi -ss 2`), which reads from the start.
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

ff -f lavfi -i color=red:rate=25:duration=4:size=64x64,format=pal8 -c:v rawvideo film.avi
pixel() { ff "$@" -frames:v 1 -f rawvideo -pix_fmt rgb24 - | od -An -tu1 -N3 | xargs; }
first=$(pixel -i film.avi)
before=$(pixel -ss 2 -i film.avi)
behind=$(pixel -i film.avi -ss 2)
echo "red at 0 s: $first; at 2 s: -ss before -i $before, behind -i $behind (expected the same)"
[ "$first" = "$behind" ] || changed "the slow seek gives another colour."
[ "$before" = "0 0 0" ] || changed "a seek keeps the palette."

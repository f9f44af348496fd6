#!/usr/bin/env bash
# An animated WebP says nothing of its progress until it is done, and then "frame=1".
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: `-progress` counts the frames of an animated WebP as it does those of a GIF or a film.
# Seen: libwebp keeps all pictures and hands over one packet. Each block before the end says
#   frame=0, out_time_us=N/A and total_size=0; the last one says frame=1 for 60 pictures.
# Who meets it: a bar at 0 % to the end; `int("N/A")` fails; a check of the frame count takes it for
#   broken.
# Instead: take the position in the input (Linux: `pos` in /proc/PID/fdinfo), and count frames in
#   the result.
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

ff -f lavfi -i testsrc2=rate=10:duration=6:size=960x540 -c:v libwebp_anim -stats_period 0.1 \
    -progress progress.txt out.webp
blocks=$(grep -c '^progress=' progress.txt)
frames=$(sed -n 's/^frame=//p' progress.txt | sort -u | paste -sd, -)
times=$(sed -n 's/^out_time_us=//p' progress.txt | sort -u | paste -sd, -)
echo "$blocks blocks of progress for 60 pictures of 6 s"
echo "expected frame rising to 60; seen frame=$frames out_time_us=$times"
[ "$frames" = "0,1" ] || changed "frame takes the values $frames."
[[ $times == *N/A* ]] || changed "out_time_us is a number in every block."

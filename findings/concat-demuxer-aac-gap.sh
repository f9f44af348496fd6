#!/usr/bin/env bash
# Joining AAC with ffmpeg's concat demuxer makes the sound longer at every join.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: pieces of 3 s, all made the same way, join to a file of so many times 3 s.
# Seen: `-c copy` turns each piece's encoder priming and padding into sound: 3 s pieces gain 1,408
#   samples (29 ms) a join, and 1,024 once. Timestamps do not show it.
# Who meets it: films joined from many cuts without encoding: speech comes to lag behind the
#   picture.
# Instead: join by the concat filter and encode the sound once more, or write packets with one
#   common clock.
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

ff -f lavfi -i sine=sample_rate=48000:duration=3 -c:a aac piece.m4a
samples() { ff -i "$1" -f s16le -ac 1 - | wc -c | awk '{ print $1 / 2 }'; }
one=$(samples piece.m4a)
for joins in 1 2 9; do
    for _ in $(seq 0 "$joins"); do echo "file piece.m4a"; done > list.txt
    ff -y -f concat -i list.txt -c copy joined.m4a
    more=$(($(samples joined.m4a) - (joins + 1) * one))
    echo "$joins join(s): expected 0 samples more than the pieces, seen $more"
    [ "$more" -ge $((joins * 1408)) ] || changed "only $more samples more with $joins joins."
done

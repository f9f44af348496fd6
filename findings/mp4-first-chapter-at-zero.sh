#!/usr/bin/env bash
# The first chapter of an MP4 begins at 0, wherever it was set.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: chapters from 5 s and from 10 s on are read back as they were written.
# Seen: the QuickTime chapter track has no gap before its first sample, and reading prefers that
#   track: the first chapter is said to begin at 0. MKV keeps 5 s.
# Who meets it: talks whose intro is no chapter; a link to "chapter 1" plays the intro.
# Instead: give the time before the first chapter a chapter of its own.
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

printf ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=5\nEND=10\ntitle=One\n' > chapters.txt
printf '[CHAPTER]\nTIMEBASE=1/1\nSTART=10\nEND=20\ntitle=Two\n' >> chapters.txt
starts() { "$ffmpeg" -nostdin -i "$1" 2>&1 |
    sed -n 's/.*Chapter .*start \([0-9.]*\),.*/\1/p' | xargs; }
for kind in mkv mp4; do
    ff -f lavfi -i sine=duration=20 -i chapters.txt -map_metadata 1 talk.$kind
    echo "$kind: chapters expected at 5 and 10, seen at $(starts talk.$kind)"
done
[ "$(starts talk.mkv)" = "5.000000 10.000000" ] || changed "MKV moves chapters too."
[ "$(starts talk.mp4)" = "0.000000 10.000000" ] ||
    changed "MP4 keeps the start of the first chapter."

#!/usr/bin/env bash
# ffmpeg-python escapes a filter's positional argument once too often.
#
# Seen with ffmpeg-python 0.2.0 and ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: `.filter("subtitles", name)` and `.filter("subtitles", filename=name)` mean the same.
# Seen: with a colon, quote, backslash or "=" in the name only the keyword finds the file; the
#   positional one is escaped for one level more than ffmpeg unescapes.
# Who meets it: user files such as "It's 10:30.srt", and every path on Windows ("C:").
# Instead: keywords only, and fixed names without special characters inside a work folder.
# Public: https://github.com/kkroening/ffmpeg-python/issues/416
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 ffmpeg-python==0.2.0
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

name="It's 1=1.srt"
printf '1\n00:00:00,000 --> 00:00:01,000\nWords\n' > "$name"
burns() { venv/bin/python - "$ffmpeg" "$1" "$name" <<'PY' 2>/dev/null && echo yes || echo no
import subprocess
import sys

import ffmpeg

program, how, name = sys.argv[1:]
film = ffmpeg.input("color=black:duration=1", f="lavfi")
if how == "keyword":
    film = film.filter("subtitles", filename=name)
else:
    film = film.filter("subtitles", name)
args = ffmpeg.output(film, "-", format="null").get_args()
sys.exit(subprocess.run([program, "-nostdin", *args], capture_output=True, check=False).returncode)
PY
}
keyword=$(burns keyword)
positional=$(burns positional)
echo "finds \"$name\": keyword $keyword, positional $positional (expected yes twice)"
[ "$keyword" = yes ] || changed "the keyword does not find the file either."
[ "$positional" = no ] || changed "the positional argument finds the file."

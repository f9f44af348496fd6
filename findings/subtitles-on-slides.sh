#!/usr/bin/env bash
# ffmpeg's `subtitles` filter leaves cues out that begin and end while one picture stands.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: a cue from 6 s to 8 s is drawn from 6 s to 8 s.
# Seen: the filter draws only when a picture comes. In a film of slides with one picture each 5 s
#   none comes between 6 s and 8 s: the cue is never shown. Exit code 0, not a word.
# Who meets it: captions burned into slide shows, screen recordings and other films of variable
#   rate.
# Instead: put `fps=25` (or so) before `subtitles`.
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

# A font that comes along, so that the note does not depend on the machine.
venv/bin/pip install -qq pylopdf-fonts-ko==0.1.1
ln -s venv/lib/python3*/site-packages/pylopdf_fonts_ko fonts
printf '1\n00:00:06,000 --> 00:00:08,000\nWords\n' > words.srt
ff -f lavfi -i color=black:rate=1/5:duration=20:size=320x180 -c:v libx264 slides.mp4
filter="subtitles=filename=words.srt:fontsdir=fonts:force_style='FontName=Noto Sans KR'"
lit() { ff -i slides.mp4 -vf "$1" -fps_mode passthrough -f rawvideo -pix_fmt gray - |
    venv/bin/python -c "
import sys
data, size = sys.stdin.buffer.read(), 320 * 180
print(sum(max(data[n:n + size]) > 128 for n in range(0, len(data), size)))"; }
alone=$(lit "$filter")
after=$(lit "fps=25,$filter")
echo "pictures with text: expected some; as it is $alone, after fps=25 $after (of 500)"
[ "$after" -ge 49 ] || changed "the text does not show after fps either."
[ "$alone" = 0 ] || changed "the cue shows while one picture stands."

#!/usr/bin/env bash
# ffmpeg reads the captions of an MP4 that it has cut itself at wrong times.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1); PyAV 18.1.0 reads the same times.
# Guess: after `-ss 4 -c copy` a cue of 6 s to 7 s stands at 2 s to 3 s.
# Seen: the cut track begins inside an empty sample, behind an edit list. The reader drops both, so
#   the first cue comes at 0 s, too early by the rest of the gap; and the last cue lasts until the
#   end.
# Who meets it: cutting an MP4 with a caption track, then extracting, burning or cutting the
#   captions again.
# Instead: take the captions out before the cut, shift and clip their times as text, and attach them
#   anew.
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

cat > cues.srt <<'SRT'
1
00:00:01,000 --> 00:00:02,000
first

2
00:00:06,000 --> 00:00:07,000
second

3
00:00:08,000 --> 00:00:09,000
third
SRT
ff -f lavfi -i testsrc2=rate=25:duration=10 -i cues.srt -map 0 -map 1 -c:v libx264 -g 25 \
    -c:s mov_text film.mp4
times() { ff -i "$1" -f srt - | grep -e '-->' | paste -sd'|'; }
ff -ss 4 -i film.mp4 -map 0 -c copy cut.mp4
echo "before the cut at 4 s: $(times film.mp4)"
echo "expected after it:     00:00:02,000 --> 00:00:03,000|00:00:04,000 --> 00:00:05,000"
echo "seen:                  $(times cut.mp4)"
[ "$(times cut.mp4)" = "00:00:00,000 --> 00:00:01,000|00:00:02,000 --> 00:00:05,000" ] ||
    changed "the captions are read at other times."

#!/usr/bin/env bash
# Captions that overlap lose their ends in an MP4.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: an SRT attached as `-c:s mov_text` and read back has the times it had.
# Seen: a tx3g sample lasts until the next one begins. A cue of 1 s to 5 s with another inside it, 2
#   s to 3 s, ends at 2 s and does not come back. WebVTT and MKV keep both. Exit code 0, no warning.
# Who meets it: two speakers at once, a sign beside speech, two languages in one file.
# Instead: split the cues at every start and end first, with both texts in the pieces they share.
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

printf '1\n00:00:01,000 --> 00:00:05,000\nlong\n\n' > cues.srt
printf '2\n00:00:02,000 --> 00:00:03,000\nshort\n' >> cues.srt
ff -i cues.srt -c:s mov_text cues.mp4
ff -i cues.srt -c:s srt cues.mkv
times() { ff -i "$1" -f srt - | grep -e '-->' | sed -n 1p; }
echo "the long cue: expected 00:00:01,000 --> 00:00:05,000"
echo "seen from MKV $(times cues.mkv), from MP4 $(times cues.mp4)"
[ "$(times cues.mkv)" = "00:00:01,000 --> 00:00:05,000" ] || changed "MKV cuts it short too."
[ "$(times cues.mp4)" = "00:00:01,000 --> 00:00:02,000" ] || changed "MP4 keeps the cue to its end."

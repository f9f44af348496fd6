#!/usr/bin/env bash
# After a transcode MediaInfo reports the bit rate and the frame count of the source.
#
# Seen with pymediainfo 7.0.1 and ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: what describes the old stream is not copied to an encoded one, or is not believed.
# Seen: mkvmerge's statistics are tags (BPS, NUMBER_OF_FRAMES). ffmpeg copies tags, MediaInfo takes
#   them for facts: 2 s cut and encoded small out of a film "has" 300 frames at 8,000 kbit/s still.
# Who meets it: deciding by bit rate whether a file needs another encode; checking cuts by the frame
#   count.
# Instead: `-map_metadata:s:v -1` for encodes and cuts to MKV; count packets where it matters.
# Public: https://github.com/MediaArea/MediaInfoLib/issues/2236
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 pymediainfo==7.0.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

# As mkvmerge writes them.
ff -f lavfi -i testsrc2=rate=30:duration=10 -c:v libx264 -metadata:s:v BPS=8000000 \
    -metadata:s:v NUMBER_OF_FRAMES=300 \
    -metadata:s:v "_STATISTICS_TAGS=BPS NUMBER_OF_FRAMES" film.mkv
ff -i film.mkv -t 2 -c:v libx264 -crf 45 small.mkv
ff -i film.mkv -t 2 -c:v libx264 -crf 45 -map_metadata:s:v -1 clean.mkv
says() { venv/bin/python -c "
import sys
from pymediainfo import MediaInfo
track = MediaInfo.parse(sys.argv[1]).video_tracks[0]
print(track.bit_rate, track.frame_count)" "$1"; }
echo "size $(wc -c < small.mkv) bytes for 2 s; expected 60 frames, far below 1 Mbit/s"
echo "seen: bit rate and frames $(says small.mkv); without the tags $(says clean.mkv)"
[ "$(says small.mkv)" = "8000000 300" ] || changed "the old statistics are gone or not believed."

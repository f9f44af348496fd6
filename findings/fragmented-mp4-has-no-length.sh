#!/usr/bin/env bash
# mutagen and tinytag say that a fragmented MP4 lasts 0 seconds.
#
# Seen with mutagen 1.48.1 and tinytag 2.3.2, beside pymediainfo 7.0.1 and ffmpeg 9.0.2
#   (imageio-ffmpeg 0.8.1).
# Guess: the length of an MP4 is its length, however it is laid out; or it is None where it is not
#   known.
# Seen: both read the header's duration, which is 0 where the samples are in fragments, and return
#   0.0. MediaInfo and ffmpeg add the fragments up.
# Who meets it: recordings of browsers, OBS and streaming servers; "too short" or a division by
#   zero.
# Instead: take 0 for "not known" and scan the packets.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 mutagen==1.48.1 tinytag==2.3.2 pymediainfo==7.0.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

ff -f lavfi -i sine=duration=5 -movflags frag_keyframe+empty_moov fragments.m4a
venv/bin/python - <<'PY'
import sys

import mutagen
import tinytag
from pymediainfo import MediaInfo

name = "fragments.m4a"
by_mutagen = mutagen.File(name).info.length
by_tinytag = tinytag.TinyTag.get(name).duration
by_mediainfo = MediaInfo.parse(name).general_tracks[0].duration / 1000
print(f"expected about 5: MediaInfo {by_mediainfo}, mutagen {by_mutagen}, tinytag {by_tinytag}")
if (by_mutagen, by_tinytag) != (0, 0):
    sys.exit("Changed: the length of a fragmented MP4 is no longer 0.")
PY

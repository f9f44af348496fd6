#!/usr/bin/env bash
# ffmpeg's AAC and Opus encoders refuse mono sound that is labelled "left".
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: one channel is mono, whatever its name.
# Seen: `Unsupported channel layout "1 channels (FL)"`, exit code not 0, no file. MP3 and FLAC take
#   it.
# Who meets it: MOVs of professional cameras and editors have a track for each microphone, labelled
#   FL and FR; every transcode of them to MP4 fails.
# Instead: `-af aformat=channel_layouts=mono|stereo|5.1` (or `-ac 1`) whenever the layout has
#   another name.
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

ff -f lavfi -i anullsrc=channel_layout=mono -t 1 -af aformat=channel_layouts=FL \
    -c:a pcm_s16le left.mov
encodes() { ff -y -i left.mov "$@" >out.txt 2>&1 && echo yes || echo no; }
aac=$(encodes -c:a aac left.m4a)
[ "$aac" = yes ] || grep -m1 'channel layout' out.txt
opus=$(encodes -c:a libopus left.opus)
flac=$(encodes -c:a flac left.flac)
mono=$(encodes -ac 1 -c:a aac mono.m4a)
echo "encodes: AAC $aac, Opus $opus, FLAC $flac (expected yes three times); AAC with -ac 1 $mono"
[ "$mono$flac" = yesyes ] || changed "not even -ac 1 or FLAC encodes it."
[ "$aac$opus" = nono ] || changed "AAC or Opus takes a single left channel."

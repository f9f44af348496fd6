#!/usr/bin/env bash
# A FLAC cut by stream copy still claims the length of the whole.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1) and mutagen 1.48.1.
# Guess: the muxer writes the length of what it wrote into STREAMINFO.
# Seen: the header is copied: 3 s cut out of 10 s says 10 s, to ffmpeg, to mutagen and to players,
#   whose bar stands still at 30 % when the sound ends. The MD5 in the header is the whole file's
#   too.
# Who meets it: cutting lossless recordings without encoding.
# Instead: encode again (it stays lossless), or count the samples and correct STREAMINFO.
# Public: https://github.com/mifi/lossless-cut/issues/1809
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 mutagen==1.48.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

ff -f lavfi -i sine=sample_rate=48000:duration=10 whole.flac
ff -ss 2 -i whole.flac -t 3 -c copy copied.flac
ff -ss 2 -i whole.flac -t 3 -c flac encoded.flac
claims() { venv/bin/python -c "
import mutagen, sys
print(round(mutagen.File(sys.argv[1]).info.length, 1))" "$1"; }
holds() { ff -i "$1" -f s16le -ac 1 - | wc -c | awk '{ printf "%.1f", $1 / 2 / 48000 }'; }
for file in copied encoded; do
    echo "$file: claims $(claims $file.flac) s, holds $(holds $file.flac) s (expected about 3.0)"
done
[ "$(claims encoded.flac)" = 3.0 ] || changed "the encoded cut is not 3 s long."
[ "$(claims copied.flac)" = 10.0 ] || changed "the copied cut no longer claims 10 s."

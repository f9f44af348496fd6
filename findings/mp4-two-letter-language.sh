#!/usr/bin/env bash
# An MP4 forgets a language of two letters.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1), read with PyAV 18.1.0.
# Guess: `-metadata:s:0 language=ko` is stored, converted to `kor`, or refused.
# Seen: it becomes "und" without a word, and so does `pt-BR`; only ISO 639-2 (`kor`) stays. MKV
#   stores `ko`.
# Who meets it: the codes of browsers and HTML are of two letters; players then have no language for
#   the track.
# Instead: map to ISO 639-2/T before writing MP4 or MOV.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 av==18.1.0
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

languages() { venv/bin/python -c "
import av, sys
for name in sys.argv[1:]:
    with av.open(name) as film:
        print(film.streams[0].metadata.get('language', 'none'), end=' ')" "$@"; }
for code in ko pt-BR kor; do
    for kind in mp4 mkv; do
        ff -f lavfi -i sine=duration=1 -metadata:s:0 language=$code $code.$kind
    done
done
echo "written: ko pt-BR kor (expected back, or as three letters)"
echo "MKV: $(languages ko.mkv pt-BR.mkv kor.mkv)"
echo "MP4: $(languages ko.mp4 pt-BR.mp4 kor.mp4)"
[ "$(languages ko.mp4 pt-BR.mp4 kor.mp4)" = "none none kor " ] || changed "MP4 takes other codes."

#!/usr/bin/env bash
# WebVTT that passes through ffmpeg is WebVTT with another meaning.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: WebVTT to WebVTT keeps the file; `-c copy` certainly does.
# Seen: without copy, `&lt;b&gt;` is written as a bare `<b>`: text becomes markup and disappears in
#   players; positions are gone. With `-c copy` both stay, but the STYLE block, which gives the
#   classes their colours, is dropped, and so are notes.
# Who meets it: cutting or shifting a .vtt by ffmpeg because it is at hand.
# Instead: edit WebVTT as text: shift and clip the timing lines, and leave all else alone.
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

cat > in.vtt <<'VTT'
WEBVTT

STYLE
::cue(.ann) { color: yellow }

00:01.000 --> 00:02.000 line:0
<c.ann>The &lt;b&gt; element</c>
VTT
ff -i in.vtt encoded.vtt
ff -i in.vtt -c copy copied.vtt
has() { grep -qF "$2" "$1.vtt" && echo yes || echo no; }
for file in in encoded copied; do
    echo "$file: &lt; $(has $file '&lt;b'), position $(has $file line:0), STYLE $(has $file STYLE)"
done
[ "$(has encoded 'The <b> element')" = yes ] || changed "the encoder escapes the text."
[ "$(has copied STYLE)" = no ] || changed "a copy keeps the STYLE block."

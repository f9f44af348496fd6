#!/usr/bin/env bash
# Text in braces, and in angle brackets, vanishes when an SRT is burned in.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: SubRip knows <b>, <i>, <u> and <font>; all else is text.
# Seen: ffmpeg hands the text to libass as ASS, where braces hold commands: `f() { return 0; }`
#   shows as `f()`. And every <word> is dropped as an unknown tag: `the <div> element` shows as `the
#   element`.
# Who meets it: captions of programming lectures; stage directions in braces.
# Instead: write the ASS yourself with braces escaped ("\{"), and only known tags translated.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 pylopdf-fonts-ko==0.1.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

ln -s venv/lib/python3*/site-packages/pylopdf_fonts_ko fonts
drawn() { # a digest of the picture with this text
    printf '1\n00:00:00,000 --> 00:00:02,000\n%s\n' "$1" > words.srt
    "$ffmpeg" -nostdin -v fatal -f lavfi -i color=black:size=640x120:duration=1 -frames:v 1 \
        -vf "subtitles=words.srt:fontsdir=fonts:force_style='FontName=Noto Sans KR'" -f rawvideo - |
        sha256sum
}
same() { [ "$(drawn "$1")" = "$(drawn "$2")" ] && echo yes || echo no; }
braces=$(same 'f(){ return 0; }' 'f()')
angles=$(same 'the<div>element' 'theelement')
plain=$(same 'f()(return 0;)' 'f()')
echo "drawn like the text without them: braces $braces, angle brackets $angles (expected no)"
[ "$plain" = no ] || changed "nothing is drawn at all."
[ "$braces$angles" = yesyes ] || changed "braces or unknown tags are drawn."

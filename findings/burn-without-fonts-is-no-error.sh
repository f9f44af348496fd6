#!/usr/bin/env bash
# Subtitles burned in on a machine without fonts: no text, and success.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: the `subtitles` filter fails where it finds no font at all.
# Seen: exit code 0 and a film as long as it should be, without a letter; one line on stderr.
# Who meets it: slim containers and servers; everything passes, until somebody watches.
# Instead: bring a font and name its folder (`fontsdir=`), and check that a burned picture differs.
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

printf '1\n00:00:00,000 --> 00:00:02,000\nWords\n' > words.srt
mkdir none fonts
cat > none.conf <<XML
<fontconfig><dir>$work/none</dir><cachedir>$work/none</cachedir></fontconfig>
XML
export FONTCONFIG_FILE=$work/none.conf
venv/bin/pip install -qq pylopdf-fonts-ko==0.1.1
cp venv/lib/python3*/site-packages/pylopdf_fonts_ko/*.otf fonts
black=color=black:size=320x180:duration=1
brightest() {
    "$ffmpeg" -nostdin -v fatal -f lavfi -i $black -frames:v 1 -vf "subtitles=words.srt:$1" \
        -f rawvideo -pix_fmt gray - | od -An -v -tu1 -w1 | sort -n | tail -1 | xargs
}
without=$(brightest fontsdir=none) || changed "ffmpeg fails without fonts."
with=$(brightest "fontsdir=fonts:force_style='FontName=Noto Sans KR'")
echo "brightest pixel of the text: without fonts $without (expected: an error), with one $with"
[ "$with" -gt 128 ] || changed "no text with a font either."
[ "$without" = 0 ] || changed "text is drawn without a font."

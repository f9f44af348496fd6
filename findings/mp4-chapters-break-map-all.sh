#!/usr/bin/env bash
# `-map 0 -c copy` fails on an MP4 with chapters that ffmpeg has written itself.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1).
# Guess: chapters are no stream, so mapping all streams to MKV or MOV goes as without them.
# Seen: the MP4 muxer also writes them as a QuickTime text track, which comes back as a data stream.
#   MKV ("Only audio, video, and subtitles are supported") and MOV ("Tag text incompatible") refuse;
#   MP4 works.
# Who meets it: remuxing podcasts, audio books and lectures with "keep everything".
# Instead: map `0:v?`, `0:a?` and `0:s?`, or add `-dn`; the chapters come along by `-map_chapters`
#   anyway.
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

chapters() { printf ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=5\ntitle=One\n'; }
chapters > chapters.txt
ff -f lavfi -i sine=duration=5 -i chapters.txt -map_metadata 1 talk.mp4
copies() { ff -y -i talk.mp4 -map 0 "${@:2}" -c copy "copy.$1" 2>err.txt && echo yes || echo no; }
mkv=$(copies mkv)
sed 's/^\[[^]]*\] //' err.txt | sed -n 1p
mov=$(copies mov)
echo "-map 0 copies to: MP4 $(copies mp4), MKV $mkv, MOV $mov (expected yes)"
echo "to MKV with -dn: $(copies mkv -dn)"
[ "$(copies mp4)$(copies mkv -dn)" = yesyes ] || changed "it fails in other ways too."
[ "$mkv$mov" = nono ] || changed "chapters no longer stand in the way of -map 0."

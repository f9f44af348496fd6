#!/usr/bin/env bash
# A SAMI file in two languages loses one of them.
#
# Seen with ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1) and pysubs2 1.8.1.
# Guess: each class (KRCC, ENCC) is a language: one is chosen, or both come with their times.
# Seen: classes are ignored. In the usual layout, all of one language after all of the other, ffmpeg
#   sorts the lot by time and ends each cue where the next begins: those of the first language last
#   0 s. With both in one SYNC, pysubs2 glues the two into one word.
# Who meets it: Korean .smi files, of which many have Korean and English.
# Instead: split the file by class before anything reads it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq imageio-ffmpeg==0.8.1 pysubs2==1.8.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

styles='<STYLE TYPE="text/css"><!-- .KRCC {lang: ko-KR;} .ENCC {lang: en-US;} --></STYLE>'
{
    echo "<SAMI><HEAD>$styles</HEAD><BODY>"
    for class in KRCC ENCC; do
        echo "<SYNC Start=1000><P Class=$class>in $class"
        echo "<SYNC Start=3000><P Class=$class>&nbsp;"
    done
    echo "</BODY></SAMI>"
} > after.smi
{
    echo "<SAMI><HEAD>$styles</HEAD><BODY>"
    echo "<SYNC Start=1000><P Class=KRCC>Hana<P Class=ENCC>One"
    echo "<SYNC Start=3000><P Class=KRCC>&nbsp;<P Class=ENCC>&nbsp;"
    echo "</BODY></SAMI>"
} > both.smi
"$ffmpeg" -nostdin -v fatal -i after.smi after.srt
first=$(grep -B1 KRCC after.srt | sed -n 1p)
glued=$(venv/bin/python -c "import pysubs2; print(pysubs2.load('both.smi')[0].plaintext)")
echo "ffmpeg, the Korean cue: expected 00:00:01,000 --> 00:00:03,000, seen $first"
echo "pysubs2, both in one SYNC: expected Hana, or Hana and One; seen $glued"
[ "$first" = "00:00:01,000 --> 00:00:01,000" ] ||
    changed "ffmpeg gives the first language its time."
[ "$glued" = HanaOne ] || changed "pysubs2 keeps the languages apart."

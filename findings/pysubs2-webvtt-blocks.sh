#!/usr/bin/env bash
# pysubs2 shows WebVTT's comments and identifiers as captions.
#
# Seen with pysubs2 1.8.1.
# Guess: NOTE blocks and the identifiers of cues, which WebVTT's specification hides, are dropped or
#   kept apart.
# Seen: a NOTE between two cues, and an identifier that is no number, become the last lines of the
#   cue before; `&lt;` and `&amp;` stay as they are written. Exports of captioning services have all
#   three.
# Who meets it: converting, burning in or translating such files: the editor's remarks are on the
#   screen.
# Instead: read WebVTT by a parser of the specification's algorithm, or strip these blocks first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq pysubs2==1.8.1

venv/bin/python - <<'PY'
import sys

import pysubs2

FILE = """WEBVTT

00:01.000 --> 00:02.000
One

NOTE ask the speaker about this

intro-2
00:03.000 --> 00:04.000
R&amp;D
"""
print("pysubs2", pysubs2.VERSION)
seen = [event.plaintext for event in pysubs2.SSAFile.from_string(FILE, format_="vtt")]
print("expected ['One', 'R&D']")
print("seen    ", seen)
if seen != ["One\n\nNOTE ask the speaker about this\n\nintro-2", "R&amp;D"]:
    sys.exit("Changed: the file is read in another way.")
PY

#!/usr/bin/env bash
# Captions after 99 hours are dropped, moved by days, or mixed into others.
#
# Seen with media-captions 1.0.4, subtitle 4.2.2 (npm), pycaption 2.3.14 (PyPI), beside webvtt-py
#   0.6.0.
# Guess: WebVTT's hours have two or more digits, so a reader takes 100:00:01.000.
# Seen: media-captions leaves the cue out and reports no error; pycaption writes it as 04:00:01;
#   subtitle reads it, and writes `04:00:01,345600000`, which no reader takes.
# Who meets it: segments of live streams, whose clock may count from 1970, and cameras that run for
#   days.
# Instead: subtract the stream's start before these libraries see the times.
# Public: https://github.com/glut23/webvtt-py/pull/80 and
#   https://github.com/osk/node-webvtt/issues/117
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq pycaption==2.3.14 webvtt-py==0.6.0

npm install --silent --no-audit --no-fund media-captions@1.0.4 subtitle@4.2.2 >/dev/null
printf 'WEBVTT\n\n00:01.000 --> 00:02.000\none\n\n100:00:01.000 --> 100:00:02.000\ntwo\n' > in.vtt
npm ls --depth 0 2>/dev/null | grep @ | sed 1d || true
cat > read.mjs <<'JS'
import fs from 'node:fs';
import { parseText } from 'media-captions';
import * as subtitle from 'subtitle';

const text = fs.readFileSync('in.vtt', 'utf8');
const { cues, errors } = await parseText(text, { type: 'vtt' });
const written = subtitle.stringifySync(subtitle.parseSync(text), { format: 'SRT' });
console.log(`${cues.length} cue, ${errors.length} errors; ${written.match(/^.* --> /gm)[1]}`);
JS
node="$(node read.mjs)"
python=$(venv/bin/python - <<'PY'
from pycaption import SRTWriter, WebVTTReader
import webvtt

text = open("in.vtt").read()
srt = SRTWriter().write(WebVTTReader().read(text))
print(srt.split("\n2\n")[1].split(" -->")[0], [cue.start for cue in webvtt.from_string(text)][1])
PY
)
echo "expected two cues, the second at 100:00:01"
echo "media-captions and subtitle: $node"
echo "pycaption and webvtt-py: $python"
changed() { echo "Changed: $1 has other times." >&2; exit 1; }
[ "$node" = "1 cue, 0 errors; 04:00:01,345600000 --> " ] || changed "an npm package"
[ "${python%% *}" = "04:00:01,000" ] || changed pycaption

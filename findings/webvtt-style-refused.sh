#!/usr/bin/env bash
# Two npm packages refuse WebVTT that has a STYLE block.
#
# Seen with node-webvtt 1.9.4 (2.0.0 does the same) and subtitle 4.2.2; webvtt-py 0.6.0 reads the
#   file.
# Guess: a reader that knows nothing of styles skips the block, as the specification's algorithm
#   does.
# Seen: node-webvtt takes STYLE for an identifier and throws ("Cue identifier needs to be followed
#   by timestamp"), subtitle throws too: no caption is read at all.
# Who meets it: captions exported by broadcasters' tools, and by every editor that colours speakers.
# Instead: node-webvtt with `{ strict: false }`, or cut blocks that begin with STYLE, REGION or NOTE
#   first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq webvtt-py==0.6.0

npm install --silent --no-audit --no-fund node-webvtt@1.9.4 subtitle@4.2.2 >/dev/null
printf 'WEBVTT\n\nSTYLE\n::cue(.ann) { color: yellow }\n\n' > in.vtt
printf '00:01.000 --> 00:02.000\n<c.ann>one</c>\n' >> in.vtt
cat > read.mjs <<'JS'
import fs from 'node:fs';
import * as subtitle from 'subtitle';
import webvtt from 'node-webvtt';

const text = fs.readFileSync('in.vtt', 'utf8');
const tries = {
  'node-webvtt': () => webvtt.parse(text).cues.length,
  'node-webvtt, not strict': () => webvtt.parse(text, { strict: false }).cues.length,
  subtitle: () => subtitle.parseSync(text).filter(({ type }) => type === 'cue').length,
};
for (const [name, read] of Object.entries(tries)) {
  try {
    console.log(`${name}: ${read()} cue`);
  } catch (error) {
    console.log(`${name}: throws "${error.message}"`);
  }
}
JS
node read.mjs | tee seen.txt
venv/bin/python -c "import webvtt; print('webvtt-py:', len(list(webvtt.read('in.vtt'))), 'cue')"
echo "expected 1 cue from each"
[ "$(grep -c throws seen.txt)" = 2 ] || {
    echo "Changed: other readers throw, or none." >&2
    exit 1
}

#!/usr/bin/env bash
# django-environ reads `1e3` as 13.
#
# Seen with django-environ 0.14.0.
# Guess: `env.float` takes what Python's `float` takes.
# Seen: it removes everything but digits, comma, point and minus, to read numbers of all countries:
#   `1e3` is 13.0, `2.5E2` is 2.52, `1,000` is 1.0, and `1e-3` raises. No warning: a limit is
#   suddenly another one.
# Who meets it: `TIMEOUT=1e3`, `MAX_BYTES=5e9`, numbers written by a tool that formats with %g.
# Instead: `float(env.str(name))`, with a check of the range.
# Public: https://github.com/joke2k/django-environ/issues/664
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq django-environ==0.14.0

venv/bin/pip list 2>/dev/null | grep django-environ
venv/bin/python - <<'PY'
import os
import sys

import environ

seen = {}
for text in ("1e3", "2.5E2", "1,000", "2.5"):
    os.environ["LIMIT"] = text
    seen[text] = environ.Env().float("LIMIT")
    print(f"LIMIT={text}: seen {seen[text]}")
if seen != {"1e3": 13.0, "2.5E2": 2.52, "1,000": 1.0, "2.5": 2.5}:
    sys.exit("Changed: env.float reads these numbers in another way.")
PY

"""The findings keep the form that their README states. They are not run: they need registries."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
INSTALLS = re.compile(r"^(?:.*\bpip|npm) install ((?:[^\n]|\\\n)+)", re.MULTILINE)


def test_there_are_findings_and_nothing_else() -> None:
    assert SCRIPTS
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *(s.name for s in SCRIPTS)}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_finding_has_the_stated_form(script: Path) -> None:
    text = script.read_text("utf-8")
    head = text.partition("\nset -euo pipefail\n")[0]
    assert os.access(script, os.X_OK)
    assert text.startswith("#!/usr/bin/env bash\n# ")
    for field in ("Seen with", "Guess:", "Seen:", "Who meets it:", "Instead:"):
        assert f"\n# {field}" in head, field
    assert "\ntrap 'rm -rf \"$work\"' EXIT\n" in text
    assert len(text.splitlines()) <= 70


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_finding_pins_what_it_installs(script: Path) -> None:
    installs = INSTALLS.findall(script.read_text("utf-8"))
    assert installs
    for words in (found.split(">")[0].split() for found in installs):
        packages = [word for word in words if not word.startswith("-")]
        assert packages
        assert all(re.fullmatch(r"[\w.-]+(==|@)[\w.]+", package) for package in packages), packages

"""Fault points: found and named by themselves, and deadly only where asked."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.chaos import points
from tests.chaos.deployment import SETTINGS_MODULE
from tests.chaos.figures import Figure, Findings, none_of
from tests.servers.app import ROOT, clean_environment
from videos.storage import discarded, disk

KEEP_TWO = """
import django
django.setup()
from videos.storage import publishing
for name in ("one", "two"):
    publishing.publish_bytes(name.encode(), f"a/b/c/{name}")
"""


def test_a_point_is_named_by_what_is_done_and_by_the_function_that_does_it(
    tmp_path: Path, settings: Settings
) -> None:
    settings.VREWCRAFT_DATA_DIR = tmp_path
    undo = points.wrap(points.Watch("", str(tmp_path / "record")))
    try:
        disk.make_durable(tmp_path / "file")
        discarded.discard(tmp_path / "file")
    finally:
        undo()
    disk.make_durable(tmp_path / "unseen")
    lines = (tmp_path / "record").read_text().splitlines()
    assert lines[:2] == ["before fsync in disk.sync_folder", "after fsync in disk.sync_folder"]
    assert lines[-2:] == ["before rename in discarded.discard", "after rename in discarded.discard"]


@pytest.mark.slow
def test_a_process_dies_at_the_requested_passage_and_not_before(tmp_path: Path) -> None:
    env = {
        **clean_environment(),
        "VREWCRAFT_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE,
        points.POINT: "before rename in filesystem.put#2",
    }
    done = subprocess.run([sys.executable, "-c", KEEP_TWO], cwd=ROOT, env=env)
    assert done.returncode == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "library/a/b/c").iterdir()] == ["one"]
    assert [path.read_text() for path in (tmp_path / "incoming").iterdir()] == ["two"]


def test_a_missed_bound_is_reported_with_the_command_to_reproduce_it() -> None:
    kept, missed = Figure("kills", 5, at_least=5), none_of("lost tasks", ["a"])
    assert Findings("Storm", [kept], replay="again").text() == "\n".join(["Storm", kept.line()])
    found = Findings("Storm", [kept, missed], ["lost tasks: a"], "do this")
    assert not found.hold
    assert found.text().splitlines()[2:] == [
        "  MISSED        1  lost tasks  (at most 0)",
        "    lost tasks: a",
        "    again: do this",
    ]
    assert Findings.from_json(found.to_json()) == found

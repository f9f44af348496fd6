"""Probe: the child process that says what an arrived file is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from tests import factories, media
from tests.videos.operations.running import run
from videos.core.enums import StepCode, WorkClass
from videos.media.probe.model import read_result
from videos.operations.outputs import VideoPart
from videos.operations.probe import OPERATION


def test_it_finds_what_is_in_the_file(tmp_path: Path) -> None:
    plan = run(OPERATION, [factories.source(media.numbered())], {}, tmp_path)
    (artifact,) = plan.artifacts
    assert artifact.kind is VideoPart.PROBE
    digest = hashlib.sha256(media.numbered().read_bytes()).hexdigest()
    assert read_result(artifact.path) == replace(media.probed(media.numbered()), sha256=digest)


def test_its_progress_is_measured_by_the_bytes_it_reads(tmp_path: Path) -> None:
    (step,) = OPERATION.build([factories.source(bytes=123)], {}, tmp_path).steps
    assert step.expected_bytes == 123
    assert step.code is StepCode.PROBING
    assert step.failure == tmp_path / "probe.json"


def test_it_waits_behind_no_edit() -> None:
    assert OPERATION.estimate([factories.source()], {}).work_class is WorkClass.PROBE

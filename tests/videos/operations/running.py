"""Run a plan as a worker would, without rows: its steps, then the check of each file."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from videos.media.jobs.child import ROOT
from videos.media.probe import scan
from videos.media.probe.model import Probe
from videos.media.verify import check
from videos.operations.base import Operation, Plan, Source


def run(
    operation: Operation, sources: Sequence[Source], params: dict[str, object], workdir: Path
) -> Plan:
    """Validate, build and run; what a child says is shown where it fails."""
    form = operation.form(data=params, sources=sources)
    assert form.is_valid(), form.errors
    plan = operation.build(sources, form.cleaned_data, workdir)
    for name, content in plan.files.items():
        (workdir / name).write_bytes(content)
    for step in plan.steps:
        done = subprocess.run(
            step.argv, cwd=workdir, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}
        )
        assert done.returncode == 0, done.stderr
    return plan


def checked(plan: Plan) -> Probe:
    """What is in the plan's only file, which is as the plan promised."""
    (artifact,) = plan.artifacts
    assert artifact.expected is not None
    found = scan.scan(artifact.path, need_video=True)
    check(found, artifact.expected)
    return found

"""Probe: read every packet of a file that arrived, and say whether it is a video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from videos.core.enums import Role, StepCode, WorkClass
from videos.media.jobs.probe import probe_command
from videos.operations.base import Artifact, Estimate, Operation, Params, Plan, Source, Step, Words
from videos.operations.forms import OperationForm
from videos.operations.outputs import VideoPart


class ProbeForm(OperationForm):
    """A probe has no choices."""


def build(sources: Sequence[Source], _params: Params, workdir: Path) -> Plan:
    """One child process that scans the source."""
    return scan(sources[0], workdir / "probe.json", VideoPart.PROBE)


def scan(source: Source, result: Path, part: VideoPart) -> Plan:
    """A scan of the source, whose result becomes that part of its video."""
    step = Step(
        argv=tuple(probe_command(source.path, result)),
        code=StepCode.PROBING,
        weight=estimate([source], {}).seconds,
        expected_bytes=source.probe.bytes,
        failure=result,
    )
    return Plan((step,), (Artifact(result, result.name, part, "application/json"),))


def estimate(_sources: Sequence[Source], _params: Params) -> Estimate:
    """A scan reads about 110,000 packets a second: mostly the start of the child."""
    return Estimate(WorkClass.PROBE, 0.5)


OPERATION = Operation(
    slug="probe",
    label=_("Read the file"),
    words=Words(_("Reading the file..."), _("Reading the file..."), _("File read")),
    form=ProbeForm,
    build=build,
    estimate=estimate,
    role=Role.PROBE,
)

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
    result = workdir / "probe.json"
    step = Step(
        argv=tuple(probe_command(sources[0].path, result)),
        code=StepCode.PROBING,
        weight=estimate(sources, {}).seconds,
        expected_bytes=sources[0].probe.bytes,
        failure=result,
    )
    return Plan((step,), (Artifact(result, result.name, VideoPart.PROBE, "application/json"),))


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

"""Peaks: a video's sound as a line to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from videos.core.enums import Role, StepCode, WorkClass
from videos.media.jobs.peaks import peaks_command
from videos.media.probe.model import Kind
from videos.operations.base import Artifact, Estimate, Operation, Params, Plan, Source, Step, Words
from videos.operations.forms import OperationForm
from videos.operations.outputs import PEAKS

START_SECONDS = 0.4
# Seconds of sound that are decoded in a second.
DECODED_PER_SECOND = 200


class PeaksForm(OperationForm):
    """Peaks have no choices."""


def build(sources: Sequence[Source], _params: Params, workdir: Path) -> Plan:
    """One child that decodes the first sound track."""
    source, path = sources[0], workdir / "peaks.json"
    probe = source.probe
    command = peaks_command(
        source.path, path, start_us=probe.start_us, duration_us=probe.duration_us
    )
    step = Step(
        argv=tuple(command),
        code=StepCode.ENCODING,
        weight=estimate(sources, {}).seconds,
        expected_us=probe.duration_us,
        failure=path,
    )
    return Plan((step,), (Artifact(path, path.name, PEAKS, "application/json"),))


def estimate(sources: Sequence[Source], _params: Params) -> Estimate:
    """Its length."""
    return Estimate(WorkClass.PROBE, START_SECONDS + sources[0].seconds / DECODED_PER_SECOND)


def applies(source: Source) -> bool:
    """There is something to hear."""
    return bool(source.probe.of_kind(Kind.AUDIO))


OPERATION = Operation(
    slug="peaks",
    label=_("Waveform"),
    words=Words(
        _("Starting the waveform..."), _("Reading the waveform..."), _("Waveform complete")
    ),
    form=PeaksForm,
    build=build,
    estimate=estimate,
    role=Role.ARRIVAL,
    applies=applies,
)

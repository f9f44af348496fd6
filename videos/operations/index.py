"""Index: read a source again for what cutting needs to know of it.

New sources have their index from their probe; this is for those of earlier releases.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from videos.core.enums import Role, StepCode, WorkClass
from videos.media.jobs.probe import probe_command
from videos.operations.base import Artifact, Estimate, Operation, Params, Plan, Source, Step, Words
from videos.operations.forms import OperationForm
from videos.operations.outputs import VideoPart


class IndexForm(OperationForm):
    """An index has no choices."""


def build(sources: Sequence[Source], _params: Params, workdir: Path) -> Plan:
    """One child process that scans the source."""
    result = workdir / "index.json"
    step = Step(
        argv=tuple(probe_command(sources[0].path, result)),
        code=StepCode.PROBING,
        weight=estimate(sources, {}).seconds,
        expected_bytes=sources[0].probe.bytes,
        failure=result,
    )
    return Plan((step,), (Artifact(result, result.name, VideoPart.INDEX, "application/json"),))


def estimate(_sources: Sequence[Source], _params: Params) -> Estimate:
    """A scan reads about 110,000 packets a second: mostly the start of the child."""
    return Estimate(WorkClass.PROBE, 0.5)


def _has_none(source: Source) -> bool:
    return not source.read_index()


OPERATION = Operation(
    slug="index",
    label=_("Index the file"),
    words=Words(_("Indexing the file..."), _("Indexing the file..."), _("File indexed")),
    form=IndexForm,
    build=build,
    estimate=estimate,
    role=Role.ARRIVAL,
    applies=_has_none,
)

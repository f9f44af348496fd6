"""Poster: the picture that stands for a video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from videos.core.enums import Role, StepCode, WorkClass
from videos.media.jobs.poster import poster_command
from videos.media.verify import Expected
from videos.operations.base import Artifact, Estimate, Operation, Params, Plan, Source, Step, Words
from videos.operations.forms import OperationForm
from videos.operations.outputs import POSTER

WIDTH = 640


class PosterForm(OperationForm):
    """A poster has no choices."""


def build(sources: Sequence[Source], _params: Params, workdir: Path) -> Plan:
    """One keyframe, a tenth of the way in: the very first picture is often black."""
    source, path = sources[0], workdir / "poster.jpg"
    step = Step(
        argv=tuple(poster_command(source.path, path, at=source.seconds / 10, width=WIDTH)),
        code=StepCode.ENCODING,
        weight=estimate(sources, {}).seconds,
    )
    expected = Expected(image=True)
    return Plan((step,), (Artifact(path, path.name, POSTER, "image/jpeg", expected),))


def estimate(_sources: Sequence[Source], _params: Params) -> Estimate:
    """One picture."""
    return Estimate(WorkClass.PROBE, 0.5)


OPERATION = Operation(
    slug="poster",
    label=_("Poster"),
    words=Words(_("Starting the poster..."), _("Making the poster..."), _("Poster complete")),
    form=PosterForm,
    build=build,
    estimate=estimate,
    role=Role.ARRIVAL,
)

"""Storyboard: small pictures of a video's keyframes, for finding a moment by eye."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from videos.core.enums import Role, StepCode, WorkClass
from videos.media.jobs import storyboard
from videos.media.jobs.storyboard import CUES, SPRITE, Spec
from videos.media.verify import Expected
from videos.operations import outputs
from videos.operations.base import Artifact, Estimate, Operation, Params, Plan, Source, Step, Words
from videos.operations.forms import OperationForm

MAX_TILES = 100
START_SECONDS = 0.4
# Wall seconds on a 2-core machine: pixels of keyframes decoded in a second.
DECODED_PER_SECOND = 250_000_000


class StoryboardForm(OperationForm):
    """A storyboard has no choices."""


def build(sources: Sequence[Source], _params: Params, workdir: Path) -> Plan:
    """One child that draws keyframes, evenly spread over those that there are."""
    source, failure = sources[0], workdir / "storyboard.failure.json"
    spec = Spec(_times(source), source.probe.start_us, source.probe.duration_us)
    step = Step(
        argv=tuple(storyboard.storyboard_command(source.path, workdir, failure, spec)),
        code=StepCode.ENCODING,
        weight=estimate(sources, {}).seconds,
        expected_frames=len(spec.times),
        failure=failure,
    )
    cues = Artifact(workdir / CUES, CUES, outputs.STORYBOARD, "text/vtt")
    still = Expected(image=True)
    sprite = Artifact(workdir / SPRITE, SPRITE, outputs.SPRITE, "image/jpeg", still)
    return Plan((step,), (cues, sprite))


def estimate(sources: Sequence[Source], _params: Params) -> Estimate:
    """Its keyframes' pixels."""
    video = sources[0].probe.video
    pixels = video.width * video.height if video else 0
    cost = pixels * len(_times(sources[0])) / DECODED_PER_SECOND
    return Estimate(WorkClass.PROBE, START_SECONDS + cost)


def applies(source: Source) -> bool:
    """Only keyframes are drawn."""
    return bool(source.probe.keyframes)


def _times(source: Source) -> list[int]:
    """At most a hundred keyframes, in microseconds."""
    times = [time_us for time_us, _position in source.probe.keyframes]
    count = min(MAX_TILES, len(times))
    return [times[len(times) * number // count] for number in range(count)]


OPERATION = Operation(
    slug="storyboard",
    label=_("Storyboard"),
    words=Words(
        _("Starting the storyboard..."), _("Drawing the storyboard..."), _("Storyboard complete")
    ),
    form=StoryboardForm,
    build=build,
    estimate=estimate,
    role=Role.ARRIVAL,
    applies=applies,
)

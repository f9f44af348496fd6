"""Sample: a 30 s clip with a drawn frame counter, made from ffmpeg's own sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ffmpeg
from django.utils.translation import gettext_lazy as _

from videos.core.enums import Role, StepCode, WorkClass
from videos.media.ffmpeg import command
from videos.media.fonts import SANS
from videos.media.verify import Expected
from videos.operations.base import Artifact, Estimate, Operation, Params, Plan, Source, Step, Words
from videos.operations.forms import OperationForm
from videos.operations.outputs import VideoPart

ENCODING: dict[str, str | int] = {
    "c:v": "libx264",
    "preset": "veryfast",
    "crf": 23,
    "c:a": "aac",
    "b:a": "96k",
}
SECONDS, RATE, SIZE = 30, 30, "1280x720"
NAME = "sample.mp4"


class SampleForm(OperationForm):
    """A sample has no choices."""


def build(_sources: Sequence[Source], _params: Params, workdir: Path) -> Plan:
    """A moving test picture with its frame number, and a tone that beeps each second."""
    path = workdir / NAME
    picture = command.lavfi_input(f"testsrc2=size={SIZE}:rate={RATE}:duration={SECONDS}").drawtext(
        fontfile=str(SANS),
        text="frame %{n}",
        fontsize=72,
        fontcolor="white",
        box=1,
        boxcolor="black@0.7",
        boxborderw=24,
        x="(w-text_w)/2",
        y="h*0.72",
        escape_text=False,
    )
    sound = command.lavfi_input(
        f"sine=frequency=330:beep_factor=4:duration={SECONDS}:sample_rate=48000"
    )
    output = ffmpeg.output(
        picture,
        sound,
        str(path),
        pix_fmt="yuv420p",
        movflags="+faststart",
        g=2 * RATE,
        **ENCODING,
    )
    step = Step(
        argv=tuple(command.command(output)),
        code=StepCode.ENCODING,
        weight=estimate((), {}).seconds,
        expected_us=SECONDS * 1_000_000,
    )
    expected = Expected(video=1, audio=1, duration_us=SECONDS * 1_000_000)
    return Plan((step,), (Artifact(path, NAME, VideoPart.SOURCE, "video/mp4", expected),))


def estimate(_sources: Sequence[Source], _params: Params) -> Estimate:
    """About a quarter of its length on two cores."""
    return Estimate(WorkClass.CPU, 8.0)


OPERATION = Operation(
    slug="sample",
    label=_("Sample video"),
    words=Words(_("Starting the sample..."), _("Making a sample video..."), _("Sample complete")),
    form=SampleForm,
    build=build,
    estimate=estimate,
    role=Role.ORIGIN,
    sources=0,
)

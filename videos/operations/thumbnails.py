"""Thumbnails: pictures of a video, one at a moment or several evenly spaced."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from videos.core.enums import StepCode, WorkClass
from videos.core.filenames import output_name
from videos.core.formatting import timecode
from videos.media.jobs import thumbnails
from videos.media.jobs.thumbnails import ARCHIVE, EXTENSIONS, GRACE_US, Spec
from videos.media.verify import Expected
from videos.operations import outputs
from videos.operations.base import Artifact, Estimate, Operation, Params, Plan, Source, Step, Words
from videos.operations.forms import MomentField, OperationForm, problem

JPEG, PNG, WEBP = "jpeg", "png", "webp"
SHOWN_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WebP"}
MAX_COUNT, MIN_WIDTH, MAX_WIDTH = 100, 16, 3840
SUGGESTED_COUNT, USUAL_WIDTH = 8, 640
# Wall seconds on a 2-core machine: pixels decoded, and pixels drawn and encoded, in a second.
DECODED_PER_SECOND = 250_000_000
DRAWN_PER_SECOND = {JPEG: 40_000_000, PNG: 8_000_000, WEBP: 8_000_000}
START_SECONDS = 0.4
# A page shows times rounded to milliseconds, so a time may lie that much past the end.
ROUNDING = 0.002


class ThumbnailsForm(OperationForm):
    """Either a moment or a number of pictures; their format and width."""

    one_of = ("time", "count")

    count = forms.IntegerField(
        label=_("Number of pictures"),
        help_text=_("Evenly spaced over the whole video."),
        required=False,
        min_value=1,
        max_value=MAX_COUNT,
    )
    time = MomentField(
        label=_("Or one picture at (seconds)"),
        help_text=_("The frame shown at this time."),
        required=False,
    )
    width = forms.IntegerField(
        label=_("Width (pixels)"),
        help_text=_("A narrower video keeps its width."),
        required=False,
        min_value=MIN_WIDTH,
        max_value=MAX_WIDTH,
    )
    format = forms.ChoiceField(
        label=_("Format"), required=False, choices=list(SHOWN_FORMATS.items())
    )

    def suggest(self, sources: Sequence[Source]) -> dict[str, Any]:
        """Eight JPEGs."""
        return {"count": SUGGESTED_COUNT, "width": USUAL_WIDTH, "format": JPEG}

    def clean_time(self) -> float | None:
        """Within the video."""
        value: float | None = self.cleaned_data["time"]
        if value is None:
            return None
        if value < 0:
            raise problem("negative_time")
        if not self.sources:
            return value
        length = self.sources[0].seconds
        if value > length + ROUNDING:
            raise problem("past_the_end", end=timecode(length))
        return min(value, length)

    def clean_width(self) -> int:
        """640 unless asked otherwise."""
        return int(self.cleaned_data["width"] or USUAL_WIDTH)

    def clean_format(self) -> str:
        """JPEG unless asked otherwise."""
        return str(self.cleaned_data["format"] or JPEG)


def build(sources: Sequence[Source], params: Params, workdir: Path) -> Plan:
    """One child that draws all pictures; several are packed together."""
    source, image_format = sources[0], str(params["format"])
    spec = Spec(
        runs=_runs(source, _times(source, params)),
        start_us=source.probe.start_us,
        width=int(params["width"]),
        image_format=image_format,
    )
    failure = workdir / "thumbnails.failure.json"
    step = Step(
        argv=tuple(thumbnails.thumbnails_command(source.path, workdir, failure, spec)),
        code=StepCode.ENCODING,
        weight=estimate(sources, params).seconds,
        expected_frames=spec.count,
        failure=failure,
    )
    names = thumbnails.names(spec.count, image_format)
    pictures = [_picture(source, workdir / name, image_format) for name in names]
    return Plan((step,), (*_archive(source, workdir, pictures), *pictures))


def estimate(sources: Sequence[Source], params: Params) -> Estimate:
    """The pictures from each keyframe on are decoded, and the wanted ones drawn."""
    source, width = sources[0], int(params["width"])
    video, times = source.probe.video, _times(source, params)
    keyframes = [at for at, _position in source.probe.keyframes] or [0]
    decoded_us = sum(run[-1] - _keyframe(keyframes, run[0]) for run in _runs(source, times))
    coded = video.width * video.height if video else 0
    frames = (video.frames if video else 0) * decoded_us / source.probe.duration_us
    shown_width, shown_height = source.probe.width or 1, source.probe.height
    drawn = min(1.0, width / shown_width) ** 2 * shown_width * shown_height * len(times)
    return Estimate(
        WorkClass.CPU,
        START_SECONDS
        + (frames + len(times)) * coded / DECODED_PER_SECOND
        + drawn / DRAWN_PER_SECOND[str(params["format"])],
    )


def detail(params: Params) -> str:
    """How many or when, how wide, in which format."""
    time, size = params["time"], f"{params['width']} px {SHOWN_FORMATS[str(params['format'])]}"
    return f"{params['count']} × {size}" if time is None else f"{timecode(float(time))} · {size}"


def _times(source: Source, params: Params) -> list[int]:
    """Microseconds: the moment, or the middle of each of N equal parts."""
    if params["time"] is not None:
        return [round(float(params["time"]) * 1_000_000)]
    count = int(params["count"])
    return [source.probe.duration_us * (2 * n + 1) // (2 * count) for n in range(count)]


def _runs(source: Source, times: Sequence[int]) -> list[list[int]]:
    """Times that share a keyframe are decoded in one pass."""
    keyframes = [at for at, _position in source.probe.keyframes] or [0]
    return [list(run) for _at, run in groupby(times, lambda at: _keyframe(keyframes, at))]


def _keyframe(keyframes: Sequence[int], time_us: int) -> int:
    return keyframes[max(0, bisect_right(keyframes, time_us + GRACE_US) - 1)]


def _picture(source: Source, path: Path, image_format: str) -> Artifact:
    return Artifact(
        path=path,
        name=output_name(source.name, path.stem, EXTENSIONS[image_format]),
        kind=outputs.IMAGE,
        media_type=f"image/{image_format}",
        expected=Expected(image=True),
    )


def _archive(source: Source, workdir: Path, pictures: Sequence[Artifact]) -> list[Artifact]:
    """All in one file, where there are several."""
    if len(pictures) == 1:
        return []
    return [
        Artifact(
            path=workdir / ARCHIVE,
            name=output_name(source.name, "thumbnails", "zip"),
            kind=outputs.ARCHIVE,
            media_type="application/zip",
            expected=Expected(packed=len(pictures)),
        )
    ]


OPERATION = Operation(
    slug="thumbnails",
    label=_("Thumbnails"),
    action_label=_("Make thumbnails"),
    words=Words(_("Starting thumbnails..."), _("Making thumbnails..."), _("Thumbnails complete")),
    form=ThumbnailsForm,
    build=build,
    estimate=estimate,
    detail=detail,
)

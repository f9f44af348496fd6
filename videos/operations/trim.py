"""Trim: keep the part of a video between two times."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg
from django import forms
from django.utils.translation import gettext_lazy as _

from videos.core.enums import StepCode, WorkClass
from videos.core.filenames import output_name
from videos.core.formatting import timecode
from videos.media.ffmpeg import command
from videos.media.probe.model import Caution, Kind, StreamInfo
from videos.media.verify import Expected
from videos.operations import streams
from videos.operations.base import Artifact, Estimate, Operation, Params, Plan, Source, Step, Words
from videos.operations.forms import OperationForm, problem
from videos.operations.outputs import RENDITION

FAST, EXACT = "fast", "exact"
# A page shows times rounded to milliseconds, so an end may lie that much past the true one.
ROUNDING = 0.002
SUGGESTED_START, SUGGESTED_END = 10.0, 30.0


class TrimForm(OperationForm):
    """Start and end in seconds, and how to cut."""

    startTime = forms.FloatField(label=_("Start (seconds)"))  # noqa: N815 (the wire's names)
    endTime = forms.FloatField(label=_("End (seconds)"))  # noqa: N815
    mode = forms.ChoiceField(
        label=_("Mode"),
        required=False,
        choices=[
            (FAST, _("Fast: no re-encoding, starts at the previous keyframe")),
            (EXACT, _("Exact: frame-accurate, re-encodes")),
        ],
    )

    def suggest(self, sources: Sequence[Source]) -> dict[str, Any]:
        """Seconds 10 to 30, or what the video has of them; shown in whole milliseconds."""
        length = math.floor(sources[0].seconds * 1000) / 1000
        start = SUGGESTED_START if length > SUGGESTED_START else 0.0
        return {"startTime": start, "endTime": min(SUGGESTED_END, length), "mode": FAST}

    def clean_mode(self) -> str:
        """`fast` unless asked otherwise; `fast` only where the codec fits an MP4."""
        mode = str(self.cleaned_data.get("mode") or FAST)
        if mode == FAST and self.sources:
            codec = streams.films(self.sources[0])[0].codec
            if codec not in streams.COPYABLE_VIDEO:
                raise problem("copy_impossible", codec=codec)
        return mode

    def clean_startTime(self) -> float:  # noqa: N802 (Django's naming of field cleaners)
        """At least 0 and before the video's end."""
        return self._within("startTime")

    def clean_endTime(self) -> float:  # noqa: N802
        """At most the video's end."""
        return self._within("endTime")

    def clean(self) -> dict[str, Any]:
        """The end comes after the start."""
        data = super().clean() or self.cleaned_data
        start, end = data.get("startTime"), data.get("endTime")
        if start is not None and end is not None and end <= start:
            self.add_error("endTime", problem("end_before_start"))
        return data

    def _within(self, name: str) -> float:
        value = float(self.cleaned_data[name])
        if value < 0:
            raise problem("negative_time")
        if not self.sources:
            return value
        length = self.sources[0].seconds
        if value > length + ROUNDING:
            raise problem("past_the_end", end=timecode(length))
        return min(value, length)


def build(sources: Sequence[Source], params: Params, workdir: Path) -> Plan:
    """One ffmpeg run: a stream copy from the keyframe before the start, or a frame-exact encode."""
    source, path = sources[0], workdir / "trimmed.mp4"
    start, end = _span(params)
    exact, share = params["mode"] == EXACT, (end - start) / source.seconds
    stream = command.input_file(source.path, ss=command.time_arg(start))
    retained = streams.kept(source)
    output = ffmpeg.output(
        *(stream[str(info.index)] for info in retained),
        str(path),
        t=command.time_arg(end - start),
        map_metadata=0,
        movflags="+faststart",
        **(_encode_options(source) if exact else _copy_options(retained)),
    )
    step = Step(
        argv=tuple(command.command(output)),
        code=StepCode.ENCODING if exact else StepCode.COPYING,
        weight=estimate(sources, params).seconds,
        expected_us=round((end - start) * 1_000_000),
        tool=streams.ENCODER if exact else "",
        rewrites=path,
        rewriting=0.0 if exact else streams.rewriting_seconds(source, share),
    )
    return Plan((step,), (_artifact(source, path, start, end),))


def estimate(sources: Sequence[Source], params: Params) -> Estimate:
    """Copies cost their bytes, encodes their pixels."""
    source = sources[0]
    start, end = _span(params)
    share = (end - start) / source.seconds
    if params["mode"] == FAST:
        return Estimate(WorkClass.COPY, streams.copying_seconds(source, share))
    return Estimate(WorkClass.CPU, streams.encoding_seconds(source, share))


def answer(sources: Sequence[Source], params: Params) -> dict[str, Any]:
    """`actualStart` in seconds: where a fast trim's footage really begins."""
    if params["mode"] == EXACT or not sources:
        return {}
    return {"actualStart": actual_start(sources[0], float(params["startTime"]))}


def actual_start(source: Source, start: float) -> float:
    """The keyframe at or before `start` (seconds); the first keyframe where none comes before."""
    times = [time_us for time_us, _position in source.probe.keyframes]
    if not times:
        return start
    # Half a millisecond of grace: a start typed from a rounded keyframe time means that keyframe.
    index = bisect_right(times, round(start * 1_000_000) + 500) - 1
    return max(0.0, times[max(index, 0)] / 1_000_000)


def detail(params: Params) -> str:
    """The part that is kept."""
    start, end = _span(params)
    return f"{timecode(start)}-{timecode(end)}"


def _span(params: Params) -> tuple[float, float]:
    return float(params["startTime"]), float(params["endTime"])


def _copy_options(kept: Sequence[StreamInfo]) -> dict[str, Any]:
    """Copy what fits an MP4; other sound becomes AAC, text subtitles become mov_text."""
    return {**streams.copied_pictures(kept), **streams.copied_sound(kept), "c:s": "mov_text"}


def _encode_options(source: Source) -> dict[str, Any]:
    options = {**streams.encoded_pictures(), "c:a": "aac", "b:a": "192k", "c:s": "mov_text"}
    if streams.has_odd_sides(streams.films(source)):
        options["vf"] = "crop=trunc(iw/2)*2:trunc(ih/2)*2"
    return options


def _artifact(source: Source, path: Path, start: float, end: float) -> Artifact:
    sounds = [
        info
        for info in source.probe.streams
        if info.kind is Kind.AUDIO and info.duration_us > start * 1_000_000
    ]
    # Sound fills the time before a late first picture; without it the result begins there.
    begins = start if sounds else max(start, _first_picture(source))
    # How long an uneven film's last picture stays is known by the sound alone.
    silent, uneven = not sounds, Caution.VFR in source.probe.warnings
    return Artifact(
        path=path,
        name=output_name(source.name, "trimmed", "mp4"),
        kind=RENDITION,
        media_type="video/mp4",
        expected=Expected(
            video=len(streams.films(source)),
            audio=len(sounds),
            subtitle=sum(info.kind is Kind.SUBTITLE for info in streams.kept(source)),
            duration_us=None if silent and uneven else round((end - begins) * 1_000_000),
        ),
    )


def _first_picture(source: Source) -> float:
    return actual_start(source, 0.0)


OPERATION = Operation(
    slug="trim",
    label=_("Trim"),
    words=Words(_("Starting trim..."), _("Trimming video..."), _("Trim complete")),
    form=TrimForm,
    build=build,
    estimate=estimate,
    detail=detail,
    answer=answer,
    template="_trim_form.html",
)

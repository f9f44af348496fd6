"""Trim: keep the part of a video between two times. An export of one segment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from videos.core.formatting import timecode
from videos.media.cutting import copyable
from videos.media.cutting.result_plan import EXACT, FAST
from videos.operations import cuts, streams
from videos.operations.base import Estimate, Operation, Params, Plan, Source, Words
from videos.operations.cuts import Cut, Naming
from videos.operations.forms import OperationForm, problem

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
            (EXACT, _("Exact: frame-accurate, re-encodes only what it must")),
            (FAST, _("Fast: no re-encoding, footage before the start stays hidden in the file")),
        ],
    )

    def suggest(self, sources: Sequence[Source]) -> dict[str, Any]:
        """Seconds 10 to 30, or what the video has of them; shown in whole milliseconds."""
        length = math.floor(sources[0].seconds * 1000) / 1000
        start = SUGGESTED_START if length > SUGGESTED_START else 0.0
        return {"startTime": start, "endTime": min(SUGGESTED_END, length), "mode": EXACT}

    def clean_mode(self) -> str:
        """`fast` unless asked otherwise; `fast` only where the codec fits an MP4."""
        return possible_mode(str(self.cleaned_data.get("mode") or FAST), self.sources)

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
        return within(float(self.cleaned_data[name]), self.sources)


def possible_mode(mode: str, sources: Sequence[Source]) -> str:
    """The mode. Raises ValidationError where the first source cannot be copied into an MP4."""
    if mode == FAST and sources:
        codec = streams.films(sources[0])[0].codec
        if codec not in copyable.FILMS:
            raise problem("copy_impossible", codec=codec)
    return mode


def within(seconds: float, sources: Sequence[Source]) -> float:
    """A time of the first source. Raises ValidationError where it has no such time."""
    if seconds < 0:
        raise problem("negative_time")
    if not sources:
        return seconds
    length = sources[0].seconds
    if seconds > length + ROUNDING:
        raise problem("past_the_end", end=timecode(length))
    return min(seconds, length)


def build(sources: Sequence[Source], params: Params, workdir: Path) -> Plan:
    """An export of that segment."""
    return cuts.build(sources[0], _cut(params), Naming("trimmed"), workdir)


def estimate(sources: Sequence[Source], params: Params) -> Estimate:
    """Copies cost their bytes, encodes their pixels."""
    return cuts.estimate(sources[0], _cut(params))


def answer(sources: Sequence[Source], params: Params) -> dict[str, Any]:
    """`actualStart` and `actualEnd` in seconds; of a fast trim, where its footage begins."""
    if not sources:
        return {}
    cut = _cut(params)
    found = cuts.answer_of_one(sources[0], cut)
    if found and cut.mode == FAST:
        found["actualStart"] = cuts.footage_start(sources[0], float(params["startTime"]))
    return found


def detail(params: Params) -> str:
    """The part that is kept."""
    ((start, end),) = _cut(params).segments
    return f"{timecode(start)}-{timecode(end)}"


def _cut(params: Params) -> Cut:
    span = float(params["startTime"]), float(params["endTime"])
    return Cut(segments=(span,), mode=str(params.get("mode") or FAST))


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

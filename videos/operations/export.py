"""Export: pieces of a video in any order, with captions and chapters, as one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from videos.core.filenames import file_name
from videos.core.formatting import timecode
from videos.media.cutting.result_plan import EXACT, FAST
from videos.operations import burn_subtitles, cuts
from videos.operations.base import Estimate, Operation, Params, Plan, Source, Words
from videos.operations.burn_subtitles import BurnSubtitlesForm
from videos.operations.cuts import Burn, Cut, Naming
from videos.operations.forms import OperationForm, problem
from videos.operations.structured import (
    ALL,
    BURN,
    NONE,
    CaptionsField,
    ChaptersField,
    SegmentsField,
    SoundsField,
)
from videos.operations.trim import possible_mode, within

KEEP, STRIP = "keep", "strip"


class ExportForm(OperationForm):
    """What the result consists of."""

    segments = SegmentsField(
        label=_("Segments"),
        required=False,
        help_text=_("One per line, start and end, in the order of the result. Empty: all of it."),
    )
    mode = forms.ChoiceField(
        label=_("Mode"),
        required=False,
        choices=[
            (EXACT, _("Exact: frame-accurate, re-encodes only what it must")),
            (FAST, _("Fast: no re-encoding, footage before the start stays hidden in the file")),
        ],
    )
    preset = forms.ChoiceField(
        label=_("Format"), required=False, choices=[(KEEP, _("As the video is"))]
    )
    audio = SoundsField(label=_("Sound tracks"), required=False)
    subtitles = CaptionsField(label=_("Subtitle files"), required=False)
    chapters = ChaptersField(
        label=_("Chapters"),
        required=False,
        help_text=_("One per line, time and title. Empty: those of the video."),
    )
    metadata = forms.ChoiceField(
        label=_("Details of the recording"),
        required=False,
        choices=[(KEEP, _("Keep")), (STRIP, _("Remove place, device and times"))],
    )
    name = forms.CharField(label=_("File name"), required=False, max_length=150)

    def clean_segments(self) -> list[dict[str, float]]:
        """Each within the video, and its end after its start."""
        segments: list[dict[str, float]] = self.cleaned_data["segments"] or []
        cleaned = []
        for each in segments:
            start, end = (within(float(each[key]), self.sources) for key in ("start", "end"))
            if end <= start:
                raise problem("end_before_start")
            cleaned.append({"start": start, "end": end})
        return cleaned

    def clean_mode(self) -> str:
        """Exact unless asked otherwise; fast only where the codec fits an MP4."""
        return possible_mode(str(self.cleaned_data["mode"] or EXACT), self.sources)

    def clean_preset(self) -> str:
        """As the video is unless asked otherwise."""
        return str(self.cleaned_data["preset"] or KEEP)

    def clean_metadata(self) -> str:
        """Kept unless asked otherwise."""
        return str(self.cleaned_data["metadata"] or KEEP)

    def clean_audio(self) -> Any:
        """All tracks unless asked otherwise."""
        return ALL if self.cleaned_data["audio"] is None else self.cleaned_data["audio"]

    def clean_subtitles(self) -> dict[str, Any] | None:
        """Files of the video; one of them where they are drawn, in a style that can be drawn."""
        chosen: dict[str, Any] | None = self.cleaned_data["subtitles"]
        if chosen is None:
            return None
        known = {file.id for source in self.sources[:1] for file in source.subtitles}
        if self.sources and not set(chosen["files"]) <= known:
            raise problem("unknown_subtitles")
        if chosen["how"] != BURN:
            return {"files": list(dict.fromkeys(chosen["files"])), "how": chosen["how"]}
        if len(chosen["files"]) != 1:
            raise problem("one_file_burned")
        style = {**chosen.get("style", {}), "subtitles": chosen["files"][0]}
        form = BurnSubtitlesForm(data=style, sources=self.sources)
        if not form.is_valid():
            raise problem("not_captions")
        values = form.cleaned_data
        return {**chosen, "style": {name: values[name] for name in CaptionsField.STYLE}}

    def clean(self) -> dict[str, Any]:
        """A fast export is one copy, and draws nothing."""
        data = super().clean() or self.cleaned_data
        if data.get("mode") == FAST:
            captions = data.get("subtitles") or {}
            if len(data.get("segments") or ()) > 1 or captions.get("how") == BURN:
                self.add_error("mode", problem("fast_is_one_copy"))
        return data


def build(sources: Sequence[Source], params: Params, workdir: Path) -> Plan:
    """Encode what must be, then write the file."""
    named = str(params["name"]).strip()
    name = file_name(named, "mp4") if named else ""
    return cuts.build(sources[0], _cut(sources[0], params), Naming("export", name), workdir)


def estimate(sources: Sequence[Source], params: Params) -> Estimate:
    """Copies cost their bytes, encodes their pixels."""
    return cuts.estimate(sources[0], _cut(sources[0], params))


def answer(sources: Sequence[Source], params: Params) -> dict[str, Any]:
    """`actual`: where each segment really begins and ends; `leftOut`: tracks that are not there."""
    return cuts.answer(sources[0], _cut(sources[0], params)) if sources else {}


def explain(sources: Sequence[Source], params: Params) -> dict[str, Any]:
    """The pieces, and what the result will be."""
    return cuts.explain(sources[0], _cut(sources[0], params)) if sources else {}


def detail(params: Params) -> str:
    """The stretches that are kept, as far as they are few."""
    spans = [f"{timecode(each['start'])}-{timecode(each['end'])}" for each in params["segments"]]
    more = ["..."] if len(spans) > 3 else []
    return ", ".join([*spans[:3], *more])


def _cut(source: Source, params: Params) -> Cut:
    chosen = params["subtitles"] or {"files": [], "how": ""}
    files = [burn_subtitles.chosen(source, file_id) for file_id in chosen["files"]]
    is_burned = chosen["how"] == BURN
    style = burn_subtitles.style_of(source, chosen["style"]) if is_burned else None
    chapters = params["chapters"]
    sounds = {ALL: None, NONE: ()}
    audio = params["audio"]
    return Cut(
        segments=tuple((each["start"], each["end"]) for each in params["segments"]),
        mode=str(params["mode"]),
        sounds=sounds[audio] if isinstance(audio, str) else tuple(audio),
        attached=() if is_burned else tuple(files),
        burn=Burn(files[0], style) if style else None,
        chapters=tuple((each["at"], each["title"]) for each in chapters) if chapters else None,
        keeps_metadata=params["metadata"] == KEEP,
    )


OPERATION = Operation(
    slug="export",
    label=_("Export"),
    words=Words(_("Starting export..."), _("Exporting video..."), _("Export complete")),
    form=ExportForm,
    build=build,
    estimate=estimate,
    detail=detail,
    answer=answer,
    explain=explain,
)

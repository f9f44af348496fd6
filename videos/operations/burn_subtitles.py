"""Burn subtitles: draw them into the picture, where every player shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from videos.media.subtitles.writing import BOTTOM, MIDDLE, TOP, Style
from videos.operations import cuts
from videos.operations.base import (
    Estimate,
    Operation,
    Params,
    Plan,
    Source,
    SubtitleSource,
    Words,
)
from videos.operations.cuts import Burn, Cut, Naming
from videos.operations.forms import ColourField, OperationForm, SubtitleField

SIZE, COLOUR, OUTLINE = 5.5, "#ffffff", 3


class BurnSubtitlesForm(OperationForm):
    """Which file, and how its text looks."""

    subtitles = SubtitleField(label=_("Subtitle file"))
    size = forms.FloatField(
        label=_("Text size (percent of the picture's height)"),
        required=False,
        min_value=2,
        max_value=15,
    )
    colour = ColourField(label=_("Text colour"), required=False)
    outline = forms.IntegerField(
        label=_("Outline (0 to 10)"), required=False, min_value=0, max_value=10
    )
    position = forms.ChoiceField(
        label=_("Position"),
        required=False,
        choices=[(BOTTOM, _("Bottom")), (MIDDLE, _("Middle")), (TOP, _("Top"))],
    )

    def suggest(self, sources: Sequence[Source]) -> dict[str, Any]:
        """The newest file, white on a black outline at the bottom."""
        newest = sources[0].subtitles[-1:]
        usual = {"size": SIZE, "colour": COLOUR, "outline": OUTLINE, "position": BOTTOM}
        return {**usual, **({"subtitles": newest[0].id} if newest else {})}

    def clean_size(self) -> float:
        """5.5 % unless asked otherwise."""
        return float(self.cleaned_data["size"] or SIZE)

    def clean_colour(self) -> str:
        """White unless asked otherwise."""
        return str(self.cleaned_data["colour"] or COLOUR)

    def clean_outline(self) -> int:
        """3 unless asked otherwise."""
        value: int | None = self.cleaned_data["outline"]
        return OUTLINE if value is None else value

    def clean_position(self) -> str:
        """At the bottom unless asked otherwise."""
        return str(self.cleaned_data["position"] or BOTTOM)


def build(sources: Sequence[Source], params: Params, workdir: Path) -> Plan:
    """An export of all of it, in which only what has captions on screen is encoded."""
    return cuts.build(sources[0], _cut(sources[0], params), Naming("captioned"), workdir)


def chosen(source: Source, file_id: str) -> SubtitleSource:
    """The subtitle file of that id, which the form has checked."""
    return next(file for file in source.subtitles if file.id == file_id)


def estimate(sources: Sequence[Source], params: Params) -> Estimate:
    """An encode of what has captions, and a copy of the rest."""
    return cuts.estimate(sources[0], _cut(sources[0], params))


def answer(sources: Sequence[Source], params: Params) -> dict[str, Any]:
    """`actualStart` and `actualEnd` in seconds."""
    return cuts.answer_of_one(sources[0], _cut(sources[0], params)) if sources else {}


def style_of(source: Source, params: Params) -> Style:
    """How the text looks on this film; `params` as the form has checked them."""
    height = source.probe.height
    return Style(
        width=source.probe.width,
        height=height,
        size=height * float(params["size"]) / 100,
        colour=str(params["colour"]),
        outline=height * int(params["outline"]) / 1000,
        position=str(params["position"]),
    )


def _cut(source: Source, params: Params) -> Cut:
    file = chosen(source, str(params["subtitles"]))
    return Cut(burn=Burn(file, style_of(source, params)))


OPERATION = Operation(
    slug="burn_subtitles",
    label=_("Burn subtitles"),
    words=Words(
        _("Starting to burn subtitles..."), _("Burning subtitles..."), _("Subtitles burned in")
    ),
    form=BurnSubtitlesForm,
    build=build,
    estimate=estimate,
    answer=answer,
)

"""Burn subtitles: draw them into the picture, where every player shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg
from django import forms
from django.utils.translation import gettext_lazy as _

from videos.core.enums import StepCode, WorkClass
from videos.core.filenames import output_name
from videos.media.ffmpeg import command
from videos.media.jobs import prepare_subtitles
from videos.media.probe.model import Kind
from videos.media.subtitles.writing import BOTTOM, MIDDLE, TOP, Style
from videos.operations import streams
from videos.operations.base import (
    Artifact,
    Estimate,
    Operation,
    Params,
    Plan,
    Source,
    Step,
    SubtitleSource,
    Words,
)
from videos.operations.forms import ColourField, OperationForm, SubtitleField
from videos.operations.outputs import RENDITION

SIZE, COLOUR, OUTLINE = 5.5, "#ffffff", 3
PREPARING_SECONDS = 0.5


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
    """The file is written anew under a name of ours, then drawn while the picture is encoded."""
    source, failure = sources[0], workdir / "prepare.failure.json"
    file = chosen(source, str(params["subtitles"]))
    prepare = prepare_subtitles.burn_command(
        prepare_subtitles.File(file.path, file.encoding),
        failure,
        _style(source, params),
        source.probe.duration_us // 1000,
    )
    preparing = Step(tuple(prepare), StepCode.STARTING, PREPARING_SECONDS, failure=failure)
    path = workdir / "captioned.mp4"
    burning = Step(
        argv=tuple(command.command(_output(source, path))),
        code=StepCode.ENCODING,
        weight=streams.encoding_seconds(source),
        expected_us=source.probe.duration_us,
        tool=streams.ENCODER,
        rewrites=path,
    )
    artifact = Artifact(
        path=path,
        name=output_name(source.name, "captioned", "mp4"),
        kind=RENDITION,
        media_type="video/mp4",
        expected=streams.expected(source, video=1, subtitle=0),
    )
    return Plan((preparing, burning), (artifact,))


def chosen(source: Source, file_id: str) -> SubtitleSource:
    """The subtitle file of that id, which the form has checked."""
    return next(file for file in source.subtitles if file.id == file_id)


def estimate(sources: Sequence[Source], _params: Params) -> Estimate:
    """An encode of all of it."""
    seconds = PREPARING_SECONDS + streams.encoding_seconds(sources[0])
    return Estimate(WorkClass.CPU, seconds)


def _style(source: Source, params: Params) -> Style:
    height = source.probe.height
    return Style(
        width=source.probe.width,
        height=height,
        size=height * float(params["size"]) / 100,
        colour=str(params["colour"]),
        outline=height * int(params["outline"]) / 1000,
        position=str(params["position"]),
    )


def _output(source: Source, path: Path) -> Any:
    stream = command.input_file(source.path)
    film, sounds = streams.films(source)[0], source.probe.of_kind(Kind.AUDIO)
    return ffmpeg.output(
        _drawn(source, stream[str(film.index)]),
        *(stream[str(info.index)] for info in sounds),
        str(path),
        map_metadata=0,
        movflags="+faststart",
        **streams.encoded_pictures(),
        **streams.copied_sound(sounds),
    )


def _drawn(source: Source, picture: Any) -> Any:
    """Square pixels and even sides first: text is drawn for the picture as it is shown."""
    width, height = (side // 2 * 2 for side in (source.probe.width, source.probe.height))
    square = picture.filter("scale", width, height).filter("setsar", "1")
    return square.filter(
        "subtitles", filename=prepare_subtitles.BURN, fontsdir=prepare_subtitles.FONTS
    )


OPERATION = Operation(
    slug="burn_subtitles",
    label=_("Burn subtitles"),
    words=Words(
        _("Starting to burn subtitles..."), _("Burning subtitles..."), _("Subtitles burned in")
    ),
    form=BurnSubtitlesForm,
    build=build,
    estimate=estimate,
)

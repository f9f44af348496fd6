"""Attach subtitles: as tracks that a player can turn on, without encoding anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg
from django.utils.translation import gettext_lazy as _

from videos.core.enums import StepCode, WorkClass
from videos.core.filenames import output_name
from videos.media.cutting import copyable
from videos.media.ffmpeg import command
from videos.media.jobs import prepare_subtitles
from videos.media.probe.model import Kind, StreamInfo
from videos.operations import cuts, streams
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
from videos.operations.cuts import Cut, Naming
from videos.operations.forms import OperationForm, SubtitlesField, problem
from videos.operations.outputs import RENDITION

MAX_TRACKS = 16
PREPARING_SECONDS = 0.5


class MuxSubtitlesForm(OperationForm):
    """Which files become tracks, in their order."""

    subtitles = SubtitlesField(
        label=_("Subtitle files"), help_text=_("The first one is shown by default.")
    )

    def suggest(self, sources: Sequence[Source]) -> dict[str, Any]:
        """All there are."""
        return {"subtitles": [file.id for file in sources[0].subtitles[:MAX_TRACKS]]}

    def clean_subtitles(self) -> list[str]:
        """One to sixteen, each once."""
        ids: list[str] = self.cleaned_data["subtitles"]
        if len(ids) > MAX_TRACKS:
            raise problem("out_of_range", least=1, most=MAX_TRACKS)
        return list(dict.fromkeys(ids))


def build(sources: Sequence[Source], params: Params, workdir: Path) -> Plan:
    """An export of all of it with the files as tracks; a Matroska file where no MP4 holds it."""
    source, failure = sources[0], workdir / "prepare.failure.json"
    if _fits_mp4(source):
        return cuts.build(source, _cut(source, params), Naming("subtitled"), workdir)
    files = [_file(source, file_id) for file_id in params["subtitles"]]
    prepare = prepare_subtitles.tracks_command(
        [prepare_subtitles.File(file.path, file.encoding) for file in files],
        failure,
        source.probe.duration_us // 1000,
    )
    preparing = Step(
        argv=tuple(prepare),
        code=StepCode.STARTING,
        weight=PREPARING_SECONDS,
        expected_frames=len(files),
        failure=failure,
    )
    path, there = workdir / "subtitled.mkv", _all(source)
    muxing = Step(
        argv=tuple(command.command(_output(source, there, files, path))),
        code=StepCode.COPYING,
        weight=streams.copying_seconds(source),
        expected_us=source.probe.duration_us,
    )
    count = len(files) + sum(info.kind is Kind.SUBTITLE for info in there)
    artifact = Artifact(
        path=path,
        name=output_name(source.name, "subtitled", path.suffix.removeprefix(".")),
        kind=RENDITION,
        media_type="video/x-matroska",
        expected=streams.expected(source, subtitle=count),
    )
    return Plan((preparing, muxing), (artifact,))


def estimate(sources: Sequence[Source], params: Params) -> Estimate:
    """A copy of all of it."""
    if _fits_mp4(sources[0]):
        return cuts.estimate(sources[0], _cut(sources[0], params))
    return Estimate(WorkClass.COPY, PREPARING_SECONDS + streams.copying_seconds(sources[0]))


def answer(sources: Sequence[Source], params: Params) -> dict[str, Any]:
    """`actualStart` and `actualEnd` in seconds."""
    if not sources or not _fits_mp4(sources[0]):
        return {}
    return cuts.answer_of_one(sources[0], _cut(sources[0], params))


def _cut(source: Source, params: Params) -> Cut:
    return Cut(attached=tuple(_file(source, file_id) for file_id in params["subtitles"]))


def _file(source: Source, file_id: str) -> SubtitleSource:
    return next(file for file in source.subtitles if file.id == file_id)


def _fits_mp4(source: Source) -> bool:
    """Whether nothing would have to be encoded or left out but pictures of text."""
    pictures = {info.codec for info in streams.films(source)}
    sounds = {info.codec for info in source.probe.of_kind(Kind.AUDIO)}
    return pictures <= copyable.FILMS and sounds <= copyable.LEAD_PACKETS.keys()


def _all(source: Source) -> list[StreamInfo]:
    """What Matroska keeps: pictures, sound and all subtitles."""
    kinds = (Kind.VIDEO, Kind.AUDIO, Kind.SUBTITLE)
    return [info for info in source.probe.streams if info.kind in kinds]


def _output(
    source: Source, there: Sequence[StreamInfo], files: Sequence[SubtitleSource], path: Path
) -> Any:
    stream = command.input_file(source.path)
    added = [
        command.text_input(prepare_subtitles.track_name(number)) for number in range(len(files))
    ]
    texts = [info for info in there if info.kind is Kind.SUBTITLE]
    options: dict[str, Any] = {"c": "copy"}
    for number, info in enumerate(texts):
        options[f"c:s:{number}"] = "srt" if info.codec == "mov_text" else "copy"
    for number, file in enumerate(files, start=len(texts)):
        options[f"c:s:{number}"] = "srt"
        options[f"metadata:s:s:{number}"] = f"language={file.language}"
        options[f"disposition:s:{number}"] = "default" if number == len(texts) else "0"
    return ffmpeg.output(
        *(stream[str(info.index)] for info in there),
        *(each["s:0"] for each in added),
        str(path),
        map_metadata=0,
        **options,
    )


OPERATION = Operation(
    slug="mux_subtitles",
    label=_("Attach subtitles"),
    words=Words(
        _("Starting to attach subtitles..."), _("Attaching subtitles..."), _("Subtitles attached")
    ),
    form=MuxSubtitlesForm,
    build=build,
    estimate=estimate,
    answer=answer,
)

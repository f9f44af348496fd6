"""Attach subtitles: as tracks that a player can turn on, without encoding anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg
from django.utils.translation import gettext_lazy as _

from videos.core.enums import StepCode, WorkClass
from videos.core.filenames import output_name
from videos.media.ffmpeg import command
from videos.media.jobs import prepare_subtitles
from videos.media.probe.model import Kind, StreamInfo
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
    """The files are written anew under names of ours, then copied in beside all that was there."""
    source, failure = sources[0], workdir / "prepare.failure.json"
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
    mp4 = _fits_mp4(source)
    path = workdir / f"subtitled.{'mp4' if mp4 else 'mkv'}"
    there = streams.kept(source) if mp4 else _all(source)
    muxing = Step(
        argv=tuple(command.command(_output(source, there, files, path))),
        code=StepCode.COPYING,
        weight=streams.copying_seconds(source),
        expected_us=source.probe.duration_us,
        rewrites=path if mp4 else None,
        rewriting=streams.rewriting_seconds(source),
    )
    count = len(files) + sum(info.kind is Kind.SUBTITLE for info in there)
    artifact = Artifact(
        path=path,
        name=output_name(source.name, "subtitled", path.suffix.removeprefix(".")),
        kind=RENDITION,
        media_type="video/mp4" if mp4 else "video/x-matroska",
        expected=streams.expected(source, subtitle=count),
    )
    return Plan((preparing, muxing), (artifact,))


def estimate(sources: Sequence[Source], _params: Params) -> Estimate:
    """A copy of all of it."""
    return Estimate(WorkClass.COPY, PREPARING_SECONDS + streams.copying_seconds(sources[0]))


def _file(source: Source, file_id: str) -> SubtitleSource:
    return next(file for file in source.subtitles if file.id == file_id)


def _fits_mp4(source: Source) -> bool:
    """Whether nothing would have to be encoded or left out but pictures of text."""
    pictures = {info.codec for info in streams.films(source)}
    sounds = {info.codec for info in source.probe.of_kind(Kind.AUDIO)}
    return pictures <= streams.COPYABLE_VIDEO and sounds <= streams.COPYABLE_AUDIO


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
    mp4 = path.suffix == ".mp4"
    options: dict[str, Any] = {"c": "copy", **(streams.copied_pictures(there) if mp4 else {})}
    for number, info in enumerate(texts):
        options[f"c:s:{number}"] = _codec(info, mp4=mp4)
    for number, file in enumerate(files, start=len(texts)):
        options[f"c:s:{number}"] = "mov_text" if mp4 else "srt"
        options[f"metadata:s:s:{number}"] = f"language={file.language}"
        options[f"disposition:s:{number}"] = "default" if number == len(texts) else "0"
    return ffmpeg.output(
        *(stream[str(info.index)] for info in there),
        *(each["s:0"] for each in added),
        str(path),
        map_metadata=0,
        **({"movflags": "+faststart"} if mp4 else {}),
        **options,
    )


def _codec(info: StreamInfo, *, mp4: bool) -> str:
    """A track that was there: as it is, unless the container writes such text otherwise."""
    if mp4:
        return "copy" if info.codec == "mov_text" else "mov_text"
    return "srt" if info.codec == "mov_text" else "copy"


OPERATION = Operation(
    slug="mux_subtitles",
    label=_("Attach subtitles"),
    words=Words(
        _("Starting to attach subtitles..."), _("Attaching subtitles..."), _("Subtitles attached")
    ),
    form=MuxSubtitlesForm,
    build=build,
    estimate=estimate,
)

"""Exports of one source, as operations ask for them: the plan, its cost, its steps and its answer.

What is decided here comes from the source's index alone; a source that has none yet is read for it
by the children, and its cost is guessed from its length.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from videos.core.enums import StepCode, WorkClass
from videos.core.filenames import output_name
from videos.core.formatting import timecode
from videos.media.cutting import copyable
from videos.media.cutting.index import SECOND_US, Index
from videos.media.cutting.planner import Copied, Piece
from videos.media.cutting.result_plan import EXACT, FAST, FilmResult, ResultPlan, plan_result
from videos.media.cutting.spec import CaptionFile, Spec
from videos.media.cutting.timeline import Segment, snapped
from videos.media.ffmpeg.errors import MediaError
from videos.media.jobs import prepare_subtitles
from videos.media.jobs.cutting import encode_command, join_command
from videos.media.probe.model import Kind
from videos.media.subtitles.reading import read
from videos.media.subtitles.writing import Style
from videos.media.verify import Expected
from videos.operations import streams
from videos.operations.base import (
    Artifact,
    Estimate,
    Plan,
    Source,
    Step,
    SubtitleSource,
)
from videos.operations.outputs import RENDITION
from videos.storage.workdir import pieces_dir

SPEC, INDEX = "export.json", "source.index"
START_SECONDS = 0.4
"""Of a child that reads films: mostly its imports."""
PREPARING_SECONDS = 0.5
SOUND_SECONDS_PER_SECOND = 150
"""Seconds of sound that are decoded and encoded in one."""
LONGEST_COPY_SECONDS = 3.0
"""What is encoded beside a copy for no longer than that makes no edit an encode."""
TRACK_TOLERANCE_US = 40_000


@dataclass(frozen=True, slots=True)
class Burn:
    """A subtitle file to draw, and how its text looks."""

    file: SubtitleSource
    style: Style


@dataclass(frozen=True, slots=True)
class Cut:
    """What is wanted of a source. Times are seconds; no segments: all of it."""

    segments: tuple[tuple[float, float], ...] = ()
    mode: str = EXACT
    sounds: tuple[int, ...] | None = None
    """The sound tracks to keep, by their place in the file; None: all."""
    attached: tuple[SubtitleSource, ...] = ()
    burn: Burn | None = None
    chapters: tuple[tuple[float, str], ...] | None = None
    keeps_metadata: bool = True


@dataclass(frozen=True, slots=True)
class Naming:
    """What the result is called: the suffix behind the source's name, or a name of its own."""

    suffix: str
    name: str = ""


def index_of(source: Source) -> Index | None:
    """The source's index; None where it has none yet."""
    data = source.read_index()
    return _parsed(data) if data else None


@lru_cache(maxsize=8)
def _parsed(data: bytes) -> Index:
    return Index.from_bytes(data)


def spec_of(source: Source, cut: Cut) -> Spec:
    """What the children are told."""
    index = index_of(source)
    burn: dict[str, Any] = {}
    if cut.burn:
        burn = {
            "cues": _cues(cut.burn.file),
            "drawn": prepare_subtitles.BURN,
            "fonts": prepare_subtitles.FONTS,
            "clockwise": source.probe.rotation,
        }
    return Spec(
        source=str(source.path),
        sha256=source.probe.sha256,
        index=INDEX if index else "",
        segments=tuple((each.start_us, each.end_us) for each in segments_of(source, cut)),
        mode=cut.mode,
        sounds=cut.sounds,
        attached=tuple(
            CaptionFile(str(file.path), file.encoding, file.language) for file in cut.attached
        ),
        keeps_captions=cut.burn is None,
        chapters=cut.chapters,
        metadata="keep" if cut.keeps_metadata else "strip",
        names=_names(source),
        **burn,
    )


def segments_of(source: Source, cut: Cut) -> list[Segment]:
    """Where the cuts really lie; none where all of it is wanted."""
    index = index_of(source)
    if index is None:
        return [
            Segment(round(start * SECOND_US), round(end * SECOND_US)) for start, end in cut.segments
        ]
    return [snapped(index, start, end) for start, end in cut.segments]


def result_of(source: Source, cut: Cut) -> ResultPlan | None:
    """What is copied and what is encoded; None while the source has no index."""
    index = index_of(source)
    if index is None:
        return None
    return plan_result(index, spec_of(source, cut).required(index.end_us))


def build(source: Source, cut: Cut, naming: Naming, workdir: Path) -> Plan:
    """Encode what must be, then write the file: two children, and one before for drawn captions."""
    spec, failure = spec_of(source, cut), workdir / "export.failure.json"
    pieces, out = pieces_dir(workdir), workdir / f"{naming.suffix}.mp4"
    result = result_of(source, cut)
    cost = _cost(source, cut, result)
    steps = []
    if cut.burn:
        steps.append(_preparing(source, cut.burn, workdir))
    if result is None or result.encoded_pictures:
        steps.append(
            Step(
                argv=tuple(encode_command(workdir / SPEC, failure, pieces)),
                code=StepCode.ENCODING,
                weight=cost.encoding,
                expected_frames=result.encoded_pictures if result else None,
                failure=failure,
                tool=streams.ENCODER,
            )
        )
    films = result.films if result else ()
    steps.append(
        Step(
            argv=tuple(join_command(workdir / SPEC, failure, pieces, out)),
            code=StepCode.COPYING,
            weight=cost.joining,
            expected_frames=sum(len(each.plan.times) for each in films) or None,
            failure=failure,
        )
    )
    files = {SPEC: spec.to_json().encode()}
    if spec.index:
        files[INDEX] = source.read_index()
    artifact = _artifact(source, cut, naming, result, out)
    reads = (source.path, *(file.path for file in cut.attached))
    return Plan(tuple(steps), (artifact,), files, reads)


@dataclass(frozen=True, slots=True)
class Cost:
    """Expected wall seconds of an export's steps."""

    preparing: float
    encoding: float
    joining: float

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.preparing + self.encoding + self.joining


def _cost(source: Source, cut: Cut, result: ResultPlan | None) -> Cost:
    """Encodes cost their pixels, copies their bytes, sound its length."""
    share = _share(source, cut)
    film = streams.films(source)[0]
    guessed = 0 if cut.mode == FAST else round(film.frames * share)
    pictures = result.encoded_pictures if result else guessed
    copied = result.copied_bytes if result else 0
    sounds = sum(not each.is_copied for each in result.sounds) if result else 1
    encoding = START_SECONDS + pictures * film.width * film.height / streams.PIXELS_PER_SECOND
    heard = sounds * share * source.seconds / SOUND_SECONDS_PER_SECOND
    return Cost(
        preparing=PREPARING_SECONDS if cut.burn else 0.0,
        encoding=encoding if pictures else 0.0,
        joining=START_SECONDS + copied / streams.COPIED_BYTES_PER_SECOND + heard,
    )


def estimate(source: Source, cut: Cut) -> Estimate:
    """Its cost, and whether it waits among copies or among encodes."""
    result = result_of(source, cut)
    cost = _cost(source, cut, result)
    # Without an index nobody knows how much an encode has to do.
    is_known = cut.mode == FAST or result is not None
    is_copy = is_known and cost.encoding <= LONGEST_COPY_SECONDS
    return Estimate(WorkClass.COPY if is_copy else WorkClass.CPU, cost.seconds)


def answer(source: Source, cut: Cut) -> dict[str, Any]:
    """Where the result really begins and ends, and which tracks it does not have."""
    result = result_of(source, cut)
    return _answer(result) if result else {}


def _answer(result: ResultPlan) -> dict[str, Any]:
    actual = [
        {"start": each.start_us / SECOND_US, "end": each.end_us / SECOND_US}
        for each in result.segments
    ]
    left_out = [
        {"track": each.stream, "kind": each.kind, "reason": each.reason} for each in result.left_out
    ]
    return {"actual": actual, **({"leftOut": left_out} if left_out else {})}


def explain(source: Source, cut: Cut) -> dict[str, Any]:
    """The pieces of the shown film with their reasons, and what the result will be."""
    result = result_of(source, cut)
    if result is None or not result.films:
        return {}
    film, cost = result.films[0], _cost(source, cut, result)
    return {
        **_answer(result),
        "pieces": [_explained(film, piece) for piece in film.plan.pieces],
        "whyEncoded": film.plan.why_encoded,
        "seconds": result.length_us / SECOND_US,
        "bytes": _bytes_of(source, result),
        "expectedSeconds": round(cost.seconds, 3),
    }


def _explained(film: FilmResult, piece: Piece) -> dict[str, Any]:
    times = film.plan.times
    if isinstance(piece, Copied):
        begin, count = min(piece.at), len(piece.at)
        until = next((time for time in times if time > max(piece.at)), film.plan.end)
        how, why = "copied", ""
    else:
        begin, count, until = piece.pictures[0].at, len(piece.pictures), piece.until
        how, why = "encoded", piece.why
    start, end = (round(float(time * film.plan.tick), 6) for time in (begin, until))
    return {"how": how, "start": start, "end": end, "pictures": count, "why": why}


def _bytes_of(source: Source, result: ResultPlan) -> int:
    """What is copied as it is, what is encoded about as large as the source's pictures."""
    film = result.films[0].film
    each = sum(film.sizes) / max(1, len(film.sizes))
    sound = sum(info.bit_rate or 0 for info in source.probe.of_kind(Kind.AUDIO)) / 8
    pictures = result.copied_bytes + each * result.encoded_pictures
    return round(pictures + sound * result.length_us / SECOND_US)


def answer_of_one(source: Source, cut: Cut) -> dict[str, Any]:
    """The same of a single segment: `actualStart` and `actualEnd`."""
    found = answer(source, cut)
    if not found:
        return {}
    (actual,) = found.pop("actual")
    return {"actualStart": actual["start"], "actualEnd": actual["end"], **found}


def footage_start(source: Source, start: float) -> float:
    """Where a fast trim's footage begins, in seconds: the keyframe at or before `start`."""
    index = index_of(source)
    if index is None:
        return start
    segment = snapped(index, start, start + 1)
    film = index.film
    packet = film.keyframe_before(film.order[film.rank_at(segment.start_us)])
    return max(0.0, film.to_us(film.times[packet] - film.origin) / SECOND_US)


def _share(source: Source, cut: Cut) -> float:
    if not cut.segments or not source.seconds:
        return 1.0
    return sum(end - start for start, end in cut.segments) / source.seconds


def _cues(file: SubtitleSource) -> tuple[tuple[int, int], ...]:
    """From each change of what is drawn to the next, microseconds of the source.

    None of a file that cannot be read: the step that prepares it says why.
    """
    try:
        cues = [cue for cue in _read(file.read(), file.encoding) if cue.end_ms > cue.start_ms]
    except (MediaError, OSError):
        return ()
    marks = sorted({mark for cue in cues for mark in (cue.start_ms, cue.end_ms)})
    starts = deque(sorted(cues, key=lambda cue: cue.start_ms))
    spans, shown_until = [], 0
    for begin, end in pairwise(marks):
        while starts and starts[0].start_ms <= begin:
            shown_until = max(shown_until, starts.popleft().end_ms)
        if begin < shown_until:
            spans.append((begin * 1000, end * 1000))
    return tuple(spans)


@lru_cache(maxsize=8)
def _read(raw: bytes, encoding: str) -> tuple[Any, ...]:
    return read(raw, encoding=encoding).cues if raw else ()


def _names(source: Source) -> Mapping[str, Mapping[str, str]]:
    return {
        str(info.index): {"language": info.language or "", "title": info.title or ""}
        for info in source.probe.streams
        if info.language or info.title
    }


def _preparing(source: Source, burn: Burn, workdir: Path) -> Step:
    failure = workdir / "prepare.failure.json"
    command = prepare_subtitles.burn_command(
        prepare_subtitles.File(burn.file.path, burn.file.encoding),
        failure,
        burn.style,
        source.probe.duration_us // 1000,
    )
    return Step(tuple(command), StepCode.STARTING, PREPARING_SECONDS, failure=failure)


def _artifact(
    source: Source, cut: Cut, naming: Naming, result: ResultPlan | None, out: Path
) -> Artifact:
    name = naming.name or output_name(source.name, naming.suffix, "mp4")
    return Artifact(
        path=out,
        name=name,
        kind=RENDITION,
        media_type="video/mp4",
        expected=_expected(source, cut, result),
        longer_name=_longer(source, cut, naming),
    )


def _longer(source: Source, cut: Cut, naming: Naming) -> str:
    """With what tells it from others of its kind: the stretches and the mode."""
    spans = [
        f"{timecode(start)}-{timecode(end)}".replace(":", ".") for start, end in cut.segments[:3]
    ]
    if not spans:
        return ""
    more = ["..."] if len(cut.segments) > len(spans) else []
    words = " ".join([naming.suffix, *spans, *more, cut.mode])
    return output_name(source.name, words, "mp4")


def _expected(source: Source, cut: Cut, result: ResultPlan | None) -> Expected:
    texts = [
        info
        for info in source.probe.of_kind(Kind.SUBTITLE)
        if info.codec in copyable.TEXTS and cut.burn is None
    ]
    subtitle = len(cut.attached) + len(texts)
    if result is None:
        return Expected(
            video=len(streams.films(source)) if cut.burn is None else 1,
            audio=None,
            subtitle=subtitle,
            duration_us=None,
        )
    gap = max((each.film.to_us(each.film.usual_gap) for each in result.films), default=0)
    return Expected(
        video=len(result.films),
        audio=len(result.sounds),
        subtitle=subtitle,
        duration_us=_length_us(result),
        allowed_us=max(TRACK_TOLERANCE_US, gap),
        pictures=_pictures(cut, result),
    )


def _pictures(cut: Cut, result: ResultPlan) -> int | None:
    """How many are shown; a fast copy hides some."""
    if cut.mode == FAST or not result.films:
        return None
    return len(result.films[0].plan.times)


def _length_us(result: ResultPlan) -> int | None:
    """From the first picture or sound to the end."""
    if len(result.segments) > 1 or not result.films:
        return result.length_us
    segment = result.segments[0]
    film = result.films[0]
    first = film.plan.times[0] if film.plan.times else 0
    begins = [max(0, round(first * film.plan.tick * SECOND_US))]
    begins += [max(0, each.span.start_us - segment.start_us) for each in result.sounds]
    return result.length_us - min(begins)

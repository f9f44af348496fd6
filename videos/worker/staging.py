"""Sources on their way to this machine and results on their way to the bucket, as steps of a plan.

Where the library is a folder there is nothing to move, and no step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from videos.core.enums import StepCode
from videos.core.errors import Refusal
from videos.operations.base import Plan, Source, Step
from videos.storage import registry
from videos.storage.base import Told

# What a machine moves in a second until it has been measured.
BYTES_PER_SECOND = 50_000_000
START_SECONDS = 0.1
STILL_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of the library that a plan reads."""

    key: str
    bytes: int


def wanted(plan: Plan, sources: Sequence[Source]) -> list[Wanted]:
    """The files of a bucket that the plan's children read. Raises Refusal `file_missing`."""
    bucket = registry.bucket()
    if bucket is None:
        return []
    words = {word for step in plan.steps for word in step.argv}
    files = [path for source in sources for path in _paths(source) if _is_named(path, words)]
    keys = [bucket.cache.key(path) for path in files]
    try:
        return [Wanted(key, bucket.size(key)) for key in keys]
    except FileNotFoundError:
        raise Refusal("file_missing") from None


def _paths(source: Source) -> list[Path]:
    return [source.path, *(file.path for file in source.subtitles)]


def _is_named(path: Path, words: set[str]) -> bool:
    """Whether a command names it, as a word or, as ffmpeg's own inputs are, behind a protocol."""
    return any(word.endswith(str(path)) for word in words)


def fetching(files: Sequence[Wanted]) -> list[Step]:
    """The step that brings them here."""
    return [_moving(StepCode.FETCHING, sum(each.bytes for each in files))] if files else []


def storing(plan: Plan, sources: Sequence[Source]) -> list[Step]:
    """The step that brings the results to the bucket; their bytes are a guess until they exist."""
    if registry.bucket() is None:
        return []
    return [_moving(StepCode.STORING, sum(_guess(plan, sources)) or STILL_BYTES)]


def of_bytes(step: Step, size: int) -> Step:
    """The step once its bytes are known."""
    return replace(step, expected_bytes=max(size, 1))


def _moving(code: StepCode, size: int) -> Step:
    return Step((), code, START_SECONDS + size / BYTES_PER_SECOND, expected_bytes=max(size, 1))


def _guess(plan: Plan, sources: Sequence[Source]) -> Iterator[int]:
    """A film as large as its share of the sources, a picture small."""
    sizes = sum(source.probe.bytes for source in sources)
    lengths = sum(source.probe.duration_us for source in sources)
    for artifact in plan.artifacts:
        lasts = artifact.expected.duration_us if artifact.expected else None
        yield round(sizes * lasts / lengths) if lasts and lengths else STILL_BYTES


@contextmanager
def held(files: Sequence[Wanted], told: Told) -> Iterator[None]:
    """The files on this machine's disk as long as this lasts. `told` hears of all their bytes.

    Raises Refusal `file_missing`, StorageDown, OSError ENOSPC, and what `told` raises.
    """
    with ExitStack() as copies:
        before = 0
        for each in files:
            try:
                copies.enter_context(_copy(each, partial(_after, told, before)))
            except FileNotFoundError:
                raise Refusal("file_missing") from None
            before += each.bytes
        yield


def _copy(file: Wanted, told: Told) -> AbstractContextManager[Path]:
    bucket = registry.bucket()
    if bucket is None:
        raise RuntimeError("a folder needs no copies")
    return bucket.cache.held(file.key, file.bytes, partial(bucket.fetch, file.key), told)


def _after(told: Told, before: int, moved: int) -> None:
    told(before + moved)

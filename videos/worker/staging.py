"""Sources on their way to this machine and results on their way to the library, as steps of a plan.

Where the store is instant there is nothing to move, and no step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from videos.core.enums import StepCode
from videos.core.errors import AppError
from videos.operations.base import Plan, Source, Step, SubtitleSource
from videos.storage import registry
from videos.storage.base import ProgressCallback

# What a machine moves in a second until it has been measured.
BYTES_PER_SECOND = 50_000_000
START_SECONDS = 0.1
STILL_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class RequiredFile:
    """A file of the library that a plan reads."""

    key: str
    bytes: int


def required_files(plan: Plan, sources: Sequence[Source]) -> list[RequiredFile]:
    """The files that the plan's children read and that are to be fetched.

    Raises AppError `file_missing`.
    """
    store = registry.store()
    if store.is_instant:
        return []
    words = {word for step in plan.steps for word in step.argv}
    keys = [
        file.key
        for file in _files(sources)
        if file.path in plan.reads or _is_named(file.path, words)
    ]
    try:
        return [RequiredFile(key, store.size(key)) for key in keys]
    except FileNotFoundError:
        raise AppError("file_missing") from None


def _files(sources: Sequence[Source]) -> Iterator[Source | SubtitleSource]:
    for source in sources:
        yield source
        yield from source.subtitles


def _is_named(path: Path, words: set[str]) -> bool:
    """Whether a command names it, as a word or, as ffmpeg's own inputs are, behind a protocol."""
    return any(word.endswith(str(path)) for word in words)


def fetching(files: Sequence[RequiredFile]) -> list[Step]:
    """The step that brings them here."""
    return [_moving(StepCode.FETCHING, sum(each.bytes for each in files))] if files else []


def storing(plan: Plan, sources: Sequence[Source]) -> list[Step]:
    """The step that brings the results to the library; their bytes are a guess until they exist."""
    if registry.store().is_instant:
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
def local_copies(files: Sequence[RequiredFile], on_progress: ProgressCallback) -> Iterator[None]:
    """The files on this machine's disk as long as this lasts.

    `on_progress` gets the bytes of all of them.

    Raises AppError `file_missing`, StorageDown, OSError ENOSPC, and what `on_progress` raises.
    """
    with ExitStack() as copies:
        store, before = registry.store(), 0
        for each in files:
            try:
                after = partial(_after, on_progress, before)
                copies.enter_context(store.local_copy(each.key, each.bytes, after))
            except FileNotFoundError:
                raise AppError("file_missing") from None
            before += each.bytes
        yield


def _after(on_progress: ProgressCallback, before: int, moved: int) -> None:
    on_progress(before + moved)

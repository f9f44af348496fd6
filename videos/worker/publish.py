"""From finished files in a work folder to the library: check, move, then one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import transaction

from videos.core.enums import StepCode
from videos.media.jobs.probe import index_path
from videos.media.probe.model import Probe, read_result
from videos.media.verify import check, stills_command, verify_command
from videos.models import Output, Task, task_state
from videos.models.task_queue import Claim
from videos.models.video_index import keep_index
from videos.operations.base import Artifact, Step
from videos.operations.outputs import OutputKind, Preview, VideoPart
from videos.services.library.unreferenced import remove_unreferenced
from videos.services.tasks.enqueue import video_is_ready
from videos.storage import disk, keys, publishing, registry
from videos.storage.base import ProgressCallback, ignore_progress

logger = logging.getLogger(__name__)

VERIFY_WEIGHT, STILL_WEIGHT = 0.3, 0.01
STILLS = "stills.check.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finished file and what its check found."""

    artifact: Artifact
    probe: Probe | None
    index: bytes = b""
    """What cutting needs to know of a film."""

    @classmethod
    def of(cls, artifact: Artifact, folder: Path) -> Finding:
        """Read the check's result. Raises BadOutput where it is not what was expected."""
        if artifact.kind in (VideoPart.PROBE, VideoPart.INDEX):
            return cls(artifact, read_result(artifact.path), _index_beside(artifact.path))
        if artifact.expected is None:
            return cls(artifact, None)
        if artifact.expected.is_still:
            probe = read_result(folder / STILLS, artifact.path.name)
        else:
            probe = read_result(_result(artifact, folder))
        check(probe, artifact.expected)
        return cls(artifact, probe, _index_beside(_result(artifact, folder)))


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and where it lies in the library: its key (empty: only the database keeps it)."""

    finding: Finding
    key: str
    bytes: int = 0
    sha256: str = ""


def _index_beside(result: Path) -> bytes:
    index = index_path(result)
    return index.read_bytes() if index.exists() else b""


def _result(artifact: Artifact, folder: Path) -> Path:
    return folder / f"{artifact.path.name}.check.json"


def verify_steps(artifacts: Sequence[Artifact], folder: Path) -> list[Step]:
    """What reads finished files back, as exit code 0 of ffmpeg is no proof.

    A step for each film, and one for all pictures and archives.
    """
    checked = [(each, each.expected) for each in artifacts if each.expected]
    films = [each for each, expected in checked if not expected.is_still]
    stills = [each.path for each, expected in checked if expected.is_still]
    steps = [_film_step(artifact, folder) for artifact in films]
    return [*steps, _stills_step(stills, folder)] if stills else steps


def _film_step(artifact: Artifact, folder: Path) -> Step:
    result = _result(artifact, folder)
    return Step(
        argv=tuple(verify_command(artifact.path, result)),
        code=StepCode.VERIFYING,
        weight=VERIFY_WEIGHT,
        expected_us=artifact.expected.duration_us if artifact.expected else None,
        failure=result,
    )


def _stills_step(paths: Sequence[Path], folder: Path) -> Step:
    result = folder / STILLS
    return Step(
        argv=tuple(stills_command(paths, result)),
        code=StepCode.VERIFYING,
        weight=VERIFY_WEIGHT + STILL_WEIGHT * len(paths),
        expected_frames=len(paths),
        failure=result,
    )


def publish(
    claim: Claim,
    task: Task,
    findings: Sequence[Finding],
    on_progress: ProgressCallback = ignore_progress,
) -> None:
    """Move the files into the library, then commit everything that follows from them at once.

    `on_progress` gets the bytes moved, of all files together. Where the claim is lost, the moved
    files are removed again: their keys hold the attempt, so they are nobody else's.
    """
    placed: list[Placed] = []
    before = 0
    try:
        for finding in findings:
            key = _key(claim, task, finding.artifact)
            placed.append(Placed(finding, key))
            if key:
                placed[-1] = _moved(placed[-1], partial(_after, on_progress, before))
                before += placed[-1].bytes
        with transaction.atomic():
            task_state.complete(claim, _outputs(task, placed))
            for item in placed:
                _apply(task, item)
    except Exception:
        remove_unreferenced([item.key for item in placed if item.key])
        raise
    makes_source = any(item.finding.artifact.kind is VideoPart.SOURCE for item in placed)
    _clear_earlier_attempts(claim, task.video_id if makes_source else None)


def _clear_earlier_attempts(claim: Claim, made_source_of: UUID | None) -> None:
    """Remove what earlier attempts had moved into the library when they were killed.

    A source only where this very task makes it: another task's may have the same number.
    """
    store = registry.store()
    for number in range(1, claim.attempt):
        store.delete_prefix(keys.output_prefix(claim.task_id, number))
        if made_source_of:
            store.delete_prefix(keys.source_prefix(made_source_of, number))


def _moved(item: Placed, on_progress: ProgressCallback) -> Placed:
    """The same once it is in the library."""
    path = item.finding.artifact.path
    digest = disk.sha256(path)
    return replace(item, bytes=publishing.publish(path, item.key, on_progress), sha256=digest)


def _after(on_progress: ProgressCallback, before: int, moved: int) -> None:
    on_progress(before + moved)


def _key(claim: Claim, task: Task, artifact: Artifact) -> str:
    """Where it goes in the library; nothing for what only the database keeps."""
    if artifact.kind in (VideoPart.PROBE, VideoPart.INDEX):
        return ""
    if artifact.kind is VideoPart.SOURCE:
        return keys.source_key(task.video_id, artifact.path.suffix, claim.attempt)
    return keys.output_key(task.pk, claim.attempt, artifact.path.name)


def _outputs(task: Task, placed: Sequence[Placed]) -> list[Output]:
    """The files to download; what becomes part of the video itself is none of them."""
    kinds = [(item, item.finding.artifact.kind) for item in placed]
    result = [(item, kind) for item, kind in kinds if isinstance(kind, OutputKind)]
    return [_output(task, item, kind, place) for place, (item, kind) in enumerate(result)]


def _output(task: Task, item: Placed, kind: OutputKind, place: int) -> Output:
    artifact, probe = item.finding.artifact, item.finding.probe
    return Output(
        task=task,
        video_id=task.video_id,
        kind=kind.slug,
        name=_name(task, artifact),
        position=place,
        key=item.key,
        media_type=artifact.media_type,
        bytes=item.bytes,
        sha256=item.sha256,
        duration_us=probe.duration_us if probe and kind.preview is Preview.VIDEO else None,
    )


def _name(task: Task, artifact: Artifact) -> str:
    """The longer one where two files of a video would be called the same."""
    taken = Output.objects.filter(
        video_id=task.video_id, name=artifact.name, deleted_at__isnull=True
    )
    return artifact.longer_name if artifact.longer_name and taken.exists() else artifact.name


def _apply(task: Task, item: Placed) -> None:
    """What a file means to its video."""
    artifact, probe = item.finding.artifact, item.finding.probe
    if artifact.kind is VideoPart.SOURCE:
        task.video.take_source(item.key, item.bytes, artifact.media_type)
    if artifact.kind is VideoPart.INDEX:
        keep_index(task.video_id, item.finding.index)
    if artifact.kind in (VideoPart.SOURCE, VideoPart.PROBE) and probe:
        task.video.become_ready(probe, item.finding.index)
        video_is_ready(task.video)

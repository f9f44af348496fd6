"""From finished files in a work folder to the library: check, move, then one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from videos import files
from videos.enqueue import video_is_ready
from videos.ffmpeg.media import Probe, read_result
from videos.ffmpeg.verify import check, verify_command
from videos.models import Output, Task
from videos.models import lifecycle as state
from videos.models.queue import Claim
from videos.plan import Artifact, ArtifactKind, Step, StepCode

VERIFY_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Finding:
    """A finished file and what its check found."""

    artifact: Artifact
    probe: Probe | None

    @classmethod
    def of(cls, artifact: Artifact, folder: Path) -> Finding:
        """Read the check's result. Raises BadOutput where it is not what was expected."""
        if artifact.kind is ArtifactKind.PROBE:
            return cls(artifact, read_result(artifact.path))
        if artifact.expected is None:
            return cls(artifact, None)
        probe = read_result(_result(artifact, folder))
        check(probe, artifact.expected)
        return cls(artifact, probe)


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and where it lies in the library: its key (empty: only the database keeps it)."""

    finding: Finding
    key: str
    bytes: int


def _result(artifact: Artifact, folder: Path) -> Path:
    return folder / f"{artifact.path.name}.check.json"


def verify_step(artifact: Artifact, folder: Path) -> Step:
    """The step that reads a finished file back: exit code 0 of ffmpeg is no proof."""
    result = _result(artifact, folder)
    return Step(
        argv=tuple(verify_command(artifact.path, result, image=_is_image(artifact))),
        code=StepCode.VERIFYING,
        weight=VERIFY_WEIGHT,
        failure=result,
    )


def _is_image(artifact: Artifact) -> bool:
    return artifact.expected is not None and artifact.expected.image


def publish(claim: Claim, task: Task, findings: Sequence[Finding]) -> None:
    """Move the files into the library, then commit everything that follows from them at once.

    Where the claim is lost, the moved files are removed again: their keys hold the attempt, so they
    are nobody else's.
    """
    placed: list[Placed] = []
    try:
        for finding in findings:
            key = _key(claim, task, finding.artifact)
            placed.append(Placed(finding, key, 0))
            if key:
                placed[-1] = Placed(finding, key, files.publish(finding.artifact.path, key))
        with transaction.atomic():
            outputs = [_output(task, item) for item in placed if _is_output(item)]
            state.complete(claim, outputs)
            for item in placed:
                _apply(task, item)
    except Exception:
        for item in placed:
            if item.key:
                files.unpublish(item.key)
        raise


def _key(claim: Claim, task: Task, artifact: Artifact) -> str:
    """Where it goes in the library; nothing for what only the database keeps."""
    if artifact.kind is ArtifactKind.PROBE:
        return ""
    if artifact.kind is ArtifactKind.SOURCE:
        return files.source_key(task.video_id, artifact.path.suffix, claim.attempt)
    return files.output_key(task.pk, claim.attempt, artifact.path.name)


def _is_output(item: Placed) -> bool:
    return item.finding.artifact.kind in (ArtifactKind.RENDITION, ArtifactKind.POSTER)


def _output(task: Task, item: Placed) -> Output:
    artifact, probe = item.finding.artifact, item.finding.probe
    return Output(
        task=task,
        video_id=task.video_id,
        kind=artifact.kind,
        name=artifact.name,
        key=item.key,
        media_type=artifact.media_type,
        bytes=item.bytes,
        duration_us=probe.duration_us
        if probe and artifact.kind is ArtifactKind.RENDITION
        else None,
    )


def _apply(task: Task, item: Placed) -> None:
    """What a file means to its video."""
    artifact, probe = item.finding.artifact, item.finding.probe
    if artifact.kind is ArtifactKind.SOURCE:
        task.video.take_source(item.key, item.bytes, artifact.media_type)
    if artifact.kind in (ArtifactKind.SOURCE, ArtifactKind.PROBE) and probe:
        task.video.become_ready(probe)
        video_is_ready(task.video)

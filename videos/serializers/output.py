"""Outputs as JSON, and their addresses."""

from __future__ import annotations

from typing import Annotated

from django.urls import reverse
from typing_extensions import TypedDict

from videos.core.enums import Role
from videos.core.json_types import Id, Url, choice, described
from videos.models import Output, Task, Video
from videos.operations import registry as operations
from videos.operations.outputs import Preview, derived


@described
class OutputState(TypedDict):
    """A file to download."""

    id: Id
    url: Url
    """Where it is served."""
    name: str
    kind: str
    """`rendition`, `image`, `archive`, or another kind that an operation makes."""
    preview: Annotated[str, choice(Preview)]
    """How a page may show it."""
    bytes: int


@described
class ResultState(TypedDict):
    """What a complete task made."""

    outputUrl: Url | None
    """The main output. A sample has none: its address is that of the new video's source."""
    outputs: list[OutputState]
    """The main one first."""


def present_outputs(task: Task) -> list[Output]:
    """The task's files, without those that were deleted a moment ago."""
    return [output for output in task.outputs.all() if output.deleted_at is None]


def output_state(output: Output) -> OutputState:
    """A file to download."""
    return {
        "id": str(output.pk),
        "url": output.url,
        "name": output.name,
        "kind": output.kind,
        "preview": str(output.output_kind.preview),
        "bytes": output.bytes,
    }


def main_url(task: Task) -> str | None:
    """What a person gets of a complete task: its main output, or the new video's source."""
    files = (each for each in present_outputs(task) if not each.output_kind.derived)
    output = next(files, None)
    if output:
        return str(output.url)
    operation = operations.by_slug().get(task.operation)
    if operation and operation.role is Role.ORIGIN:
        return source_url(Video.objects.for_lists().get(pk=task.video_id))
    return None


def result_state(task: Task) -> ResultState:
    """What a complete task made."""
    outputs = [output_state(output) for output in present_outputs(task)]
    return {"outputUrl": main_url(task), "outputs": outputs}


def source_url(video: Video) -> str:
    """Where a video's source is served."""
    return reverse("source", args=[video.pk, video.name])


def derived_urls(video: Video) -> dict[str, str]:
    """Where the files are that are made of every video, by kind; the newest of each."""
    slugs = [kind.slug for kind in derived()]
    present = video.outputs.filter(kind__in=slugs, deleted_at__isnull=True)
    return {output.kind: output.url for output in present}

"""What people and programs can ask for: each action checks, changes and announces."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from videos import made, space
from videos.core.enums import Role
from videos.core.errors import Refusal
from videos.core.filenames import clean_name
from videos.enqueue import enqueue, reconsider
from videos.models import Output, Task, Upload, Video, task_state
from videos.models.lookup import one
from videos.models.signals import announce_upload, announce_video
from videos.models.video import Viewer, owner_key
from videos.operations import registry as operations
from videos.operations.base import Operation, Source
from videos.operations.forms import OperationForm, checked, from_json
from videos.publishing import withdraw
from videos.request_keys import FileKey, Request, RequestKey, once
from videos.storage import files, inbox, keys, registry


@dataclass(frozen=True, slots=True)
class Requested:
    """A task that was asked for, and what its operation adds to the answer.

    `already_made`: the task is an earlier one with the same result, and nothing was started.
    """

    task: Task
    answer: Mapping[str, Any]
    already_made: bool = False


def ingest_upload(
    user: Viewer,
    path: Path,
    name: str,
    *,
    key: str | None = None,
    method: Upload.Method = Upload.Method.MULTIPART,
) -> Video:
    """Take a file that has arrived whole into the library as a new video, and have it probed.

    `path` is moved; `name` is the client's, cleaned here. Where this file made a video under `key`
    before, that is the answer, and `path` is not needed. Raises Refusal: 507 `quota_full`, 422
    `key_reused`.
    """
    video = Video(owner_id=owner_key(user), name=clean_name(name))
    size = path.stat().st_size
    file_key = FileKey(key, video.owner_id, video.name, size) if key else None
    upload = Upload(video=video, method=method, length=size, received=size)
    take = _to_be_carried if registry.bucket() else _into_the_library
    earlier = file_key.earlier() if file_key else None
    return earlier or once(file_key, partial(take, upload, path, file_key))


def _into_the_library(upload: Upload, path: Path, file_key: FileKey | None) -> Video:
    """The video once its file lies in the library's folder."""
    video = upload.video
    key = keys.source_key(video.pk, plain_suffix(video.name))
    size = files.publish(path, key)
    try:
        with transaction.atomic():
            space.keep_within_quota(video.owner_id, size)
            video.source_key, video.bytes = key, size
            video.media_type = media_type(video.name)
            video.save()
            upload.finished_at = timezone.now()
            upload.request_key = file_key.take() if file_key else None
            upload.save()
            announce_video(video)
            batch = upload.method == Upload.Method.IMPORT
            enqueue(operations.get("probe"), video, [video], {}, batch=batch)
    except Exception:
        withdraw([key])
        raise
    return video


def _to_be_carried(upload: Upload, path: Path, file_key: FileKey | None) -> Video:
    """The video while its file waits on this machine to be carried into the bucket."""
    video, size = upload.video, upload.received
    upload.stored, upload.seq = 0, 1
    upload.reserved, upload.place = size, inbox.place()
    part = path.rename(inbox.part_path(upload.pk))
    try:
        with transaction.atomic():
            space.keep_within_quota(video.owner_id, size)
            video.save()
            upload.request_key = file_key.take() if file_key else None
            upload.save()
            announce_video(video)
            announce_upload(upload)
    except Exception:
        part.unlink(missing_ok=True)
        raise
    inbox.arrived.set()
    return video


def request_sample(user: Viewer, *, key: str | None = None) -> Task:
    """A new video whose source a task makes; `key` is that of the page's form."""
    operation = next(op for op in operations.by_slug().values() if op.role is Role.ORIGIN)
    owner_id = owner_key(user)
    asked = Request(owner_id, operation.slug, None, {}).by_form(key)

    @transaction.atomic
    def make() -> Task:
        video = Video.objects.create(owner_id=owner_id, name="sample.mp4")
        announce_video(video)
        return enqueue(operation, video, [], {}, key=asked)

    return once(asked, make)


def find_video(user: Viewer, video_id: str | UUID) -> Video:
    """The person's own video. Raises Refusal 404, the same for a stranger's and an unknown id."""
    return one(Video.objects.for_user(user), video_id)


def find_task(user: Viewer, task_id: str | UUID) -> Task:
    """The person's own task. Raises Refusal 404."""
    return one(Task.objects.for_user(user), task_id)


def find_output(user: Viewer, output_id: str | UUID) -> Output:
    """The person's own output. Raises Refusal 404."""
    return one(Output.objects.for_user(user), output_id)


def edit_operation(slug: str) -> Operation:
    """The operation a person may ask for under that slug. Raises Refusal 404."""
    operation = operations.get(slug)
    if operation.role is not Role.EDIT:
        raise Refusal("unknown_operation", 404)
    return operation


def request_edit(
    video: Video,
    operation: Operation,
    data: Mapping[str, Any],
    *,
    idempotency_key: str | None = None,
    again: bool = False,
    batch: bool = False,
) -> Requested:
    """Ask for an edit with params from JSON. Raises Refusal where they cannot be used.

    `again`: also where the same was made before. `batch`: by a command, which lets those come
    first who wait at a page. Under a key that has made a task already, that task is answered for,
    whatever has become of the video since.
    """
    sent = {"params": data, "again": again}
    key = Request(video.owner_id, operation.slug, video.pk, sent).under(idempotency_key)
    earlier = _earlier(video, operation, key)
    if earlier:
        return earlier
    params = from_json(operation.form, data, _sources(video))
    return _request(_Asked(video, operation, params, key, again=again, batch=batch))


def request_edit_by_form(
    video: Video, operation: Operation, form: OperationForm, *, key: str | None = None
) -> Requested:
    """Ask for an edit with a form that a page sent. Raises Refusal where it is not valid.

    `key` came with the page: the same form pressed twice makes one task, changed it makes another.
    """
    sent = {name: form[name].data for name in form.fields}
    asked = Request(video.owner_id, operation.slug, video.pk, sent).by_form(key)
    earlier = _earlier(video, operation, asked)
    return earlier or _request(_Asked(video, operation, checked(form), asked))


def edit_form(
    video: Video, operation: Operation, data: Mapping[str, Any] | None = None
) -> OperationForm:
    """The operation's form for this video: filled with `data`, or with what suits the video."""
    return operation.form(data=data, sources=_sources(video))


def edit_forms(video: Video) -> dict[str, OperationForm]:
    """The forms of all that a person can ask for on this video, by slug."""
    source = video.as_source
    offered = [each for each in operations.edits() if source is None or each.applies(source)]
    return {operation.slug: edit_form(video, operation) for operation in offered}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request for an edit, its params checked."""

    video: Video
    operation: Operation
    params: dict[str, Any]
    key: RequestKey | None
    again: bool = False
    batch: bool = False

    @property
    def sources(self) -> list[Source]:
        """What is known of the video."""
        return _sources(self.video)


def _request(asked: _Asked) -> Requested:
    video, operation, sources = asked.video, asked.operation, asked.sources
    if video.state == Video.State.BROKEN:
        raise Refusal(video.error_code, 409, **video.error_blanks)
    if not all(operation.applies(source) for source in sources):
        raise Refusal("does_not_apply", 422)
    answer = operation.answer(sources, asked.params)
    if sources and not asked.again:
        made_before = made.find(video, operation.slug, sources, asked.params)
        if made_before is not None:
            return Requested(made_before, answer, already_made=True)
    make = partial(
        enqueue, operation, video, [video], asked.params, key=asked.key, batch=asked.batch
    )
    return Requested(once(asked.key, make), answer)


def _earlier(video: Video, operation: Operation, key: RequestKey | None) -> Requested | None:
    """What was answered under this key before. Raises Refusal 422 if that was another request."""
    task = key.earlier() if key else None
    return Requested(task, operation.answer(_sources(video), task.params)) if task else None


def cancel_task(task: Task) -> None:
    """Cancel a task that has not ended. Raises Refusal 409."""
    if not task_state.cancel(task):
        raise Refusal("not_cancellable", 409)


def retry_task(task: Task) -> None:
    """Try a failed or cancelled task again with a fresh budget. Raises Refusal 409."""
    with transaction.atomic():
        if not task_state.retry(task):
            raise Refusal("not_retryable", 409)
        if task.is_gate:
            Video.objects.filter(pk=task.video_id, state=Video.State.BROKEN).update(
                state=Video.State.ARRIVING, error_code="", error_blanks={}
            )
        reconsider(task)


def rerun_task(task: Task, *, batch: bool = True, key: str | None = None) -> Task:
    """The same operation with the same params as a new task; `batch`: nobody waits at a page.

    `key` is that of the page's form. Raises Refusal 409 for a task that made its video: the
    original is never made anew.
    """
    operation = operations.get(task.operation)
    if operation.role is Role.ORIGIN:
        raise Refusal("not_repeatable", 409)
    sources = [link.video for link in task.source_links.select_related("video")]
    sent = {"again": str(task.pk)}
    asked = Request(task.owner_id, task.operation, task.video_id, sent).by_form(key)
    make = partial(enqueue, operation, task.video, sources, task.params, key=asked, batch=batch)
    return once(asked, make)


def _sources(video: Video) -> list[Source]:
    source = video.as_source
    return [source] if source else []


def plain_suffix(name: str) -> str:
    """The extension, only where it is short and plain: it is for people, not for programs."""
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ""


def media_type(name: str) -> str:
    """What a file of that name is served as: always a video."""
    guessed = mimetypes.guess_type(name)[0] or ""
    return guessed if guessed.startswith("video/") else "video/mp4"

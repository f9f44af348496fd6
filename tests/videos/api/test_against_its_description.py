"""Requests made up from the API's own description: none breaks it, every answer is described.

schemathesis makes them (https://schemathesis.readthedocs.io/), right ones and wrong ones; each is
sent within a transaction that is rolled back, so that all of them meet the same library.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, cast

import pytest
import requests
import schemathesis
from django.db import transaction
from django.http import StreamingHttpResponse
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import factories
from tests.http import body
from videos.api import tus
from videos.api.router import api
from videos.models import Video, task_state
from videos.services.library import subtitles
from videos.services.uploads import service
from videos.storage import inbox, publishing
from vrewcraft.accounts.models import Token, User

CASES = 2000
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SRT = b"1\n00:00:00,000 --> 00:00:01,000\nwords\n"
CONTENT = bytes(range(256)) * 40
BASE = "http://testserver"

CONFIG = schemathesis.Config()
CONFIG.projects.default.generation.update(with_security_parameters=False)
DESCRIPTION = schemathesis.openapi.from_dict(
    dict(api.get_openapi_schema(path_prefix="/api/")), config=CONFIG
)
OPERATIONS = {
    found.ok().label: found.ok()
    for found in DESCRIPTION.get_all_operations()
    if isinstance(found, Ok)
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MadeUp = Case[Any]
Known = dict[str, list[Any]]
"""Values that suit the library, by the parameters that take them."""


schemathesis.serializer.alias(tus.CONTENT_TYPE, "application/octet-stream")


@pytest.fixture
def known(owner: User, clip: Video) -> Known:
    """A library that has one of everything, and a worker."""
    factories.worker_beat()
    waiting, failed, ended = (factories.task(clip) for _ in range(3))
    task_state.cancel(failed)
    Video.objects.filter(pk=clip.pk).update(deleted_at=None)
    part = inbox.folder() / "made.part"
    part.write_bytes(CONTENT)
    made = factories.output(ended, bytes=len(CONTENT))
    publishing.publish(part, made.key)
    task_state.complete(factories.claim(ended), [made])
    upload = service.create(owner, 100, name="other.mp4", metadata="")
    file = subtitles.attach(clip, SRT, "words.srt")
    return {
        "video_id": [str(clip.pk), str(upload.video_id)],
        "videoId": [str(clip.pk), str(upload.video_id)],
        "output_id": [str(made.pk)],
        "file_id": [str(file.pk)],
        "task_id": [str(each.pk) for each in (waiting, failed, ended)],
        "upload_id": [str(upload.pk)],
        "name": [clip.name, made.name],
        "Upload-Offset": ["0"],
        "startTime": [0, 0.5],
        "endTime": [1.5, 2],
        "time": [1],
        "subtitles": [str(file.pk), [str(file.pk)]],
    }


@pytest.fixture
def program(owner: User) -> Client:
    """The owner's program, which is told of a fault by 500 as everybody is."""
    secret = Token.objects.issue(owner, "script")
    return Client(
        enforce_csrf_checks=True,
        raise_request_exception=False,
        headers={"authorization": f"Bearer {secret}"},
    )


def send(program: Client, case: MadeUp) -> Response:
    """The answer to one made-up request."""
    wanted = case.as_transport_kwargs(base_url=BASE)
    sent = requests.Request(**{name: wanted[name] for name in wanted if name != "auth"}).prepare()
    headers = {name: as_text(value) for name, value in sent.headers.items()}
    content_type = headers.pop("Content-Type", "")
    headers.pop("Content-Length", None)
    answer: Any = program.generic(
        str(sent.method), sent.path_url, sent.body or b"", content_type, headers=headers
    )
    content = body(answer) if isinstance(answer, StreamingHttpResponse) else answer.content
    given_back = {name.lower(): [value] for name, value in answer.items()}
    return Response(answer.status_code, given_back, content, sent, elapsed=0.01, verify=False)


def as_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def cases(operation: Any) -> st.SearchStrategy[MadeUp]:
    """Right requests, and wrong ones where the call takes anything that can be wrong."""
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    takes_something = operation.body or any(operation.iter_parameters())
    if not takes_something:
        return cast("st.SearchStrategy[MadeUp]", right)
    return st.one_of(right, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


def name_what_is_there(case: MadeUp, known: Known, which: int) -> None:
    """Put ids of the library where there would be made-up ones."""
    if case.media_type == "multipart/form-data":
        known = {**known, "subtitles": [SRT], "encoding": ["utf-8"], "language": ["eng"]}
    for values in (case.path_parameters, case.headers, case.body):
        if isinstance(values, MutableMapping):
            for name in known.keys() & values.keys():
                values[name] = known[name][which % len(known[name])]


@pytest.mark.django_db
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_it_and_every_answer_is_described(
    program: Client, known: Known, label: str
) -> None:
    answers: list[int] = []

    @settings(
        max_examples=CASES // len(OPERATIONS),
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(OPERATIONS[label]), is_there=st.booleans(), which=st.integers(0, 5))
    def each(case: MadeUp, is_there: bool, which: int) -> None:
        if is_there:
            name_what_is_there(case, known, which)
        with transaction.atomic():
            answer = send(program, case)
            transaction.set_rollback(True)
        answers.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    each()
    assert any(status < 400 for status in answers), set(answers)

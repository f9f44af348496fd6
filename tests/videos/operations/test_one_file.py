"""One new file is one new operation: form, API, schema, command and progress."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

import videos.operations as package
from tests.http import body
from tests.work import drain
from videos.models import Task, Video
from videos.operations.registry import by_slug
from vrewcraft.http.page_context import page_data

FILE = """
from django import forms

from videos.media.jobs.poster import poster_command
from videos.media.verify import Expected
from videos.operations.forms import OperationForm
from videos.operations.outputs import IMAGE
from videos.operations.base import (
    Artifact, Estimate, Operation, Plan, Step, StepCode, Words, WorkClass,
)


class SnapshotForm(OperationForm):
    width = forms.IntegerField(label="Width of it", help_text="In pixels.", min_value=16)
    loud = forms.BooleanField(label="Loud", required=False)


def build(sources, params, workdir):
    path = workdir / "snap.jpg"
    argv = tuple(poster_command(sources[0].path, path, at=1, width=params["width"]))
    file = Artifact(path, "snap.jpg", IMAGE, "image/jpeg", Expected(image=True))
    return Plan((Step(argv, StepCode.ENCODING, 1.0),), (file,))


OPERATION = Operation(
    slug="snapshot",
    label="Snapshot",
    words=Words("Starting snapshot...", "Taking a snapshot...", "Snapshot complete"),
    form=SnapshotForm,
    build=build,
    estimate=lambda sources, params: Estimate(WorkClass.COPY, 1.0),
)
"""


@pytest.fixture(autouse=True)
def _new_file(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The file lies among the operations, for one test."""
    folder: Path = tmp_path_factory.mktemp("operations")
    (folder / "snapshot.py").write_text(FILE)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    for cached in (by_slug, page_data):
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in (by_slug, page_data):
        cached.cache_clear()


def test_its_form_is_on_the_page_of_a_video(client: Client, clip: Video) -> None:
    page = client.get(f"/videos/{clip.pk}/").content.decode()
    assert f'action="/videos/{clip.pk}/edit/snapshot/"' in page
    for text in ("Width of it", "In pixels.", 'name="width"', 'name="loud"', 'min="16"'):
        assert text in page
    assert '"working": "Taking a snapshot..."' in page


def test_its_form_works_without_scripts(client: Client, clip: Video) -> None:
    url = f"/videos/{clip.pk}/edit/snapshot/"
    assert client.post(url, {"width": "1"}).status_code == 422
    assert client.post(url, {"width": "32"}).status_code == 303
    assert Task.objects.get().params == {"width": 32, "loud": False}


def test_the_api_offers_it_with_its_schema_and_checks_its_params(
    client: Client, clip: Video
) -> None:
    offered = {each["slug"]: each for each in client.get("/api/operations").json()["operations"]}
    assert offered["snapshot"]["params"]["properties"]["width"]["minimum"] == 16
    sent = {"videoId": str(clip.pk), "width": "32"}
    refused = client.post("/api/edit/snapshot", sent, content_type="application/json")
    assert refused.json()["fieldCodes"] == {"width": "not_a_whole_number"}


def test_it_runs_and_says_so_in_its_own_words(client: Client, clip: Video) -> None:
    sent = {"videoId": str(clip.pk), "width": 32}
    answer = client.post("/api/edit/snapshot", sent, content_type="application/json").json()
    assert answer["message"] == "Snapshot started"
    drain()
    state = client.get(f"/api/tasks/{answer['taskId']}").json()
    assert (state["status"], state["progress"]) == ("complete", 100)
    assert state["message"] == "Snapshot complete"
    assert body(client.get(state["outputs"][0]["url"])).startswith(b"\xff\xd8")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_command_knows_it(clip: Video) -> None:
    out = StringIO()
    call_command("edit", "snapshot", str(clip.pk), "--param", "width=32", stdout=out)
    assert out.getvalue().strip().endswith("snap.jpg")

"""A new kind of output is one line: API, page and download follow it, without a migration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from tests import factories
from tests.http import body
from videos.models import Output, Video
from videos.operations import outputs
from videos.operations.base import Artifact
from videos.operations.outputs import OutputKind, Preview
from videos.worker.publish import Finding, publish

CONTENT = b"\xff\xd8 a contact sheet"
CONTACT_SHEET = OutputKind(
    "contact_sheet", "Contact sheet", inline=True, derived=False, preview=Preview.IMAGE
)


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    outputs.register(CONTACT_SHEET)
    yield
    outputs.unregister(CONTACT_SHEET)


@pytest.fixture
def sheet(clip: Video, tmp_path: Path) -> Output:
    """An output of the new kind, made by a complete task."""
    path = tmp_path / "sheet.jpg"
    path.write_bytes(CONTENT)
    artifact = Artifact(path, path.name, CONTACT_SHEET, "image/jpeg")
    task = factories.task(clip)
    publish(factories.claim(task), task, [Finding(artifact, None)])
    return task.outputs.get()


def test_the_api_says_its_kind_and_how_to_show_it(client: Client, sheet: Output) -> None:
    state = client.get(f"/api/tasks/{sheet.task_id}").json()
    (output,) = state["outputs"]
    assert (output["kind"], output["preview"]) == ("contact_sheet", "image")


def test_the_page_previews_it(client: Client, sheet: Output) -> None:
    page = client.get(f"/videos/{sheet.video_id}/").content.decode()
    assert f'<img src="{sheet.url}" alt="sheet.jpg"' in page


def test_its_download_is_shown_where_the_kind_is_inline(client: Client, sheet: Output) -> None:
    response = client.get(sheet.url)
    assert response["Content-Disposition"].startswith("inline")
    assert body(response) == CONTENT


def test_the_admin_has_its_label(admin_client: Client, sheet: Output) -> None:
    page = admin_client.get("/admin/videos/output/?kind=contact_sheet").content.decode()
    assert page.count("Contact sheet") >= 2  # the filter and the row
    assert sheet.name in page


def test_it_needs_no_migration(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_two_kinds_of_one_slug_are_refused() -> None:
    with pytest.raises(ValueError, match="contact_sheet"):
        outputs.register(CONTACT_SHEET)


def test_an_output_whose_kind_is_no_longer_declared_is_a_plain_file() -> None:
    assert outputs.by_slug("gone") == OutputKind("gone", "gone")

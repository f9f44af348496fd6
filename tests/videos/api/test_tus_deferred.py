"""Uploads whose length is said later: creation-defer-length."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.tus_raw import BYTES, CONTENT, Tus, refused, upload_of
from videos.models import Upload, Video
from videos.serializers.upload import upload_state
from videos.storage.registry import store


@pytest.fixture
def open_ended(tus: Tus) -> str:
    """The address of an upload of unknown length."""
    return str(tus.create(Upload_Length=None, Upload_Defer_Length="1")["Location"])


def test_its_length_is_said_to_come(tus: Tus, open_ended: str) -> None:
    tus.patch(open_ended, CONTENT[:100])
    answer = tus.ask("HEAD", open_ended)
    assert (answer["Upload-Offset"], answer["Upload-Defer-Length"]) == ("100", "1")
    assert "Upload-Length" not in answer
    assert upload_state(upload_of(open_ended))["indeterminate"]


def test_it_ends_where_its_length_is_said(tus: Tus, open_ended: str) -> None:
    tus.patch(open_ended, CONTENT[:100])
    answer = tus.patch(open_ended, CONTENT[100:], 100, Upload_Length=str(len(CONTENT)))
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(CONTENT)))
    assert store().local_path(Video.objects.get().source_key).read_bytes() == CONTENT
    head = tus.ask("HEAD", open_ended)
    assert head["Upload-Length"] == str(len(CONTENT))
    assert "Upload-Defer-Length" not in head


def test_the_length_may_come_before_the_end_or_after_it(tus: Tus, open_ended: str) -> None:
    tus.patch(open_ended, CONTENT[:100], Upload_Length=str(len(CONTENT)))
    assert tus.ask("HEAD", open_ended)["Upload-Length"] == str(len(CONTENT))
    other = tus.create(Upload_Length=None, Upload_Defer_Length="1")["Location"]
    tus.patch(other, CONTENT)
    assert upload_of(other).is_under_way
    assert tus.patch(other, b"", len(CONTENT), Upload_Length=str(len(CONTENT))).status_code == 204
    assert not upload_of(other).is_under_way


def test_the_first_bytes_may_come_with_the_creation(tus: Tus) -> None:
    answer = tus.post({"Upload-Defer-Length": "1"}, CONTENT, BYTES)
    assert (answer.status_code, answer["Upload-Offset"]) == (201, str(len(CONTENT)))
    assert Upload.objects.get().is_under_way


@pytest.mark.parametrize(
    ("length", "deferred"), [("5", "1"), (None, "0"), (None, "2"), (None, ""), ("", "1")]
)
def test_either_the_length_or_its_deferral_is_needed(
    tus: Tus, length: str | None, deferred: str
) -> None:
    answer = tus.create(Upload_Length=length, Upload_Defer_Length=deferred)
    refused(answer, 400, "wrong_length")
    assert not Video.objects.exists()


def test_a_length_once_said_stays(tus: Tus, open_ended: str) -> None:
    tus.patch(open_ended, CONTENT[:100], Upload_Length="500")
    refused(tus.patch(open_ended, b"x", 100, Upload_Length="501"), 400, "length_conflict")
    assert tus.patch(open_ended, b"x", 100, Upload_Length="500").status_code == 204


def test_a_length_below_what_has_arrived_is_refused(tus: Tus, open_ended: str) -> None:
    tus.patch(open_ended, CONTENT[:100])
    refused(tus.patch(open_ended, b"", 100, Upload_Length="99"), 400, "length_conflict")
    refused(tus.patch(open_ended, b"xx", 100, Upload_Length="101"), 413, "past_the_length")
    refused(tus.patch(open_ended, b"", 100, Upload_Length="x"), 400, "wrong_length")
    assert upload_of(open_ended).received == 100
    assert upload_of(open_ended).length is None


def test_it_may_not_grow_beyond_the_limit(tus: Tus, open_ended: str, settings: Settings) -> None:
    settings.VREWCRAFT_UPLOAD_LIMIT = 1000
    refused(tus.patch(open_ended, CONTENT[:1001]), 413, "too_large")
    refused(tus.patch(open_ended, b"x", Upload_Length="1001"), 413, "too_large")
    assert tus.patch(open_ended, CONTENT[:1000]).status_code == 204

"""What people and programs get wrong: a clear message, and nothing lost or left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.utils import translation

from tests import media
from tests.http import body, upload
from tests.work import drain
from videos.core import messages
from videos.models import Task, Upload, Video
from vrewcraft.accounts.models import User

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n/etc/passwd\n#EXT-X-ENDLIST\n"
NOISE = bytes(range(7, 256)) * 40

BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty_file"),
    "noise": (lambda: NOISE, "not_a_video"),
    "sound only": (lambda: media.sound_only().read_bytes(), "no_video_track"),
    "its end with the index is missing": (
        lambda: media.cut(media.index_at_the_end(), 0.6),
        "truncated",
    ),
    "a playlist": (lambda: PLAYLIST, "forbidden_format"),
}


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(owner: User, data_dir: Path) -> Iterator[None]:
    """Whatever was sent: no half files, no work folders, and every task has an end."""
    yield
    for folder in (data_dir / "incoming", data_dir / "work"):
        assert not folder.exists() or list(folder.iterdir()) == []
    assert not Task.objects.filter(status="processing").exists()
    kept = {video.source_key for video in Video.objects.all()}
    sources = data_dir / "library/sources"
    files = [path for path in sources.rglob("*") if path.is_file()]
    assert {str(path.relative_to(data_dir / "library")) for path in files} == kept


class TestFilesThatAreNoVideos:
    """They arrive, are read, and end in a sentence; the row and the file stay."""

    @pytest.mark.parametrize(("content", "code"), BROKEN.values(), ids=BROKEN)
    def test_the_api_answers_in_english_with_message_and_remedy(
        self, client: Client, data_dir: Path, content: Callable[[], bytes], code: str
    ) -> None:
        answer = upload(client, content())
        assert answer.status_code == 201
        drain()
        video_id = answer.json()["videoId"]
        found = client.get(f"/api/videos/{video_id}").json()
        assert found["state"] == "broken"
        assert found["error"] == {
            **messages.in_english(code, {}),
            "code": code,
            "args": {},
        }
        task = Task.objects.get()
        assert (task.status, task.error_code, task.attempt) == ("error", code, 1)
        edit = {"videoId": video_id, "startTime": 0, "endTime": 1}
        refused = client.post("/api/edit/trim", edit, content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (409, code)

    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_a_person_reads_it_in_their_language(
        self, client: Client, korean: Client, language: str
    ) -> None:
        page = upload(client, b"", path="/upload/")["Location"]
        drain()
        reader = korean if language == "ko" else client
        text = reader.get(page).content.decode()
        with translation.override(language):
            for sentence in messages.message_and_remedy("empty_file", {}).values():
                assert escape(sentence) in text

    def test_a_playlist_opens_no_other_file(self, client: Client, data_dir: Path) -> None:
        secret = data_dir / "secret.ts"
        secret.write_bytes(media.joins_late().read_bytes())
        playlist = PLAYLIST.replace(b"/etc/passwd", str(secret).encode())
        upload(client, playlist)
        drain()
        assert Video.objects.get().error_code == "forbidden_format"

    @pytest.mark.slow
    def test_what_is_there_of_a_cut_off_film_can_be_used(self, client: Client) -> None:
        answer = upload(client, media.cut(media.numbered(), 0.6))
        drain()
        found = client.get(f"/api/videos/{answer.json()['videoId']}").json()
        assert (found["state"], found["warnings"]) == ("ready", ["truncated"])
        assert 1 < found["duration"] < 3.5
        edit = {"videoId": found["id"], "startTime": 0, "endTime": 1, "mode": "exact"}
        client.post("/api/edit/trim", edit, content_type="application/json")
        drain()
        assert Task.objects.get(operation="trim").status == "complete"

    def test_an_edit_requested_meanwhile_ends_for_the_same_reason(self, client: Client) -> None:
        video_id = upload(client, NOISE).json()["videoId"]
        edit = {"videoId": video_id, "startTime": 0, "endTime": 1}
        asked = client.post("/api/edit/trim", edit, content_type="application/json")
        assert asked.status_code == 202
        drain()
        found = client.get(f"/api/tasks/{asked.json()['taskId']}").json()
        assert (found["status"], found["error"]["code"]) == ("error", "not_a_video")


class TestUploads:
    """Requests that bring no file."""

    @pytest.mark.parametrize(
        ("data", "content_type", "status", "code"),
        [
            ({"video": "text"}, MULTIPART_CONTENT, 422, "missing_field"),
            ({"other": SimpleUploadedFile("a.mp4", b"1")}, MULTIPART_CONTENT, 422, "missing_field"),
            ("{}", "application/json", 415, "wrong_content_type"),
            ("video=1", "application/x-www-form-urlencoded", 415, "wrong_content_type"),
            (b"1", "video/mp4", 415, "wrong_content_type"),
            (b"--x\r\n", "multipart/form-data", 400, "bad_upload"),
        ],
    )
    def test_each_is_answered_with_what_is_missing(
        self, client: Client, data: Any, content_type: str, status: int, code: str
    ) -> None:
        answer = client.post("/api/upload", data, content_type=content_type)
        found = answer.json()
        assert (answer.status_code, found["code"]) == (status, code)
        assert found["error"]
        assert found["remedy"]
        assert Video.objects.count() == 0

    def test_a_file_past_the_limit_is_refused(
        self, client: Client, korean: Client, settings: Any
    ) -> None:
        settings.VREWCRAFT_UPLOAD_LIMIT = 1024**2
        answer = upload(client, bytes(1024**2 + 1))
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert "1.0 MiB" in answer.json()["error"]
        page = upload(korean, bytes(1024**2 + 1), path="/upload/")
        with translation.override("ko"):
            sentence = messages.message("too_large", {"limit": "1.0 MiB"})
        assert page.status_code == 413
        assert escape(sentence) in page.content.decode()
        assert Video.objects.count() == 0

    @pytest.mark.parametrize("reader", ["client", "korean"])
    def test_a_page_without_a_file_is_shown_again_with_the_reason(
        self, reader: str, request: pytest.FixtureRequest
    ) -> None:
        page = request.getfixturevalue(reader).post("/upload/", {})
        with translation.override("ko" if reader == "korean" else "en"):
            sentence = messages.message("missing_field", {})
        assert page.status_code == 422
        assert escape(sentence) in page.content.decode()


class TestNames:
    """A name is something to show: never a path, a header or markup."""

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("../../etc/passwd.mp4", "passwd.mp4"),
            ("C:\\films\\a.mp4", "a.mp4"),
            ('quote".mp4', 'quote".mp4'),
            ("new\nline\r\nX-Evil: 1.mp4", "new line X-Evil: 1.mp4"),
            ("<script>alert(1)</script>.mp4", "script>.mp4"),
            ("a" * 300 + ".mp4", "a" * 146 + ".mp4"),
            (".mp4", "video.mp4"),
            ("한글.mp4", "한글.mp4"),
        ],
        ids=lambda name: name[:20],
    )
    def test_it_is_made_safe_and_the_upload_goes_on(
        self, client: Client, data_dir: Path, sent: str, kept: str
    ) -> None:
        answer = upload(client, NOISE, sent)
        assert answer.status_code == 201
        video = Video.objects.get(pk=answer.json()["videoId"])
        assert video.name == kept
        assert Path(video.source_key).parts[:2] == ("sources", str(video.pk))
        page = client.get(f"/videos/{video.pk}/")
        assert page.status_code == 200
        assert escape(kept) in page.content.decode()

    @pytest.mark.slow
    def test_a_hostile_name_survives_the_whole_way_to_the_download(self, client: Client) -> None:
        content = media.silent().read_bytes()
        answer = upload(client, content, 'it\'s "50%"; $(x) 한글.mov')
        drain()
        edit = {"videoId": answer.json()["videoId"], "startTime": 0, "endTime": 2}
        client.post("/api/edit/trim", edit, content_type="application/json")
        drain()
        output = Task.objects.get(operation="trim").outputs.get()
        assert output.name == 'it\'s "50%"; $(x) 한글_trimmed.mp4'
        response = client.get(output.url)
        assert response.status_code == 200
        assert "\n" not in response["Content-Disposition"]
        assert len(body(response)) == output.bytes


class TestNothingIsLost:
    """Two of the same are two; what failed can be tried again."""

    def test_the_same_file_twice_is_two_videos(self, client: Client) -> None:
        ids = {upload(client, NOISE).json()["videoId"] for _ in range(2)}
        assert len(ids) == Video.objects.count() == Upload.objects.count() == 2

    def test_a_retried_probe_gives_the_same_reason_again(self, client: Client) -> None:
        upload(client, NOISE)
        drain()
        task = Task.objects.get()
        assert client.post(f"/api/tasks/{task.pk}/retry").status_code == 202
        assert Video.objects.get().state == "arriving"
        drain()
        task.refresh_from_db()
        assert (task.status, task.error_code, task.attempt) == ("error", "not_a_video", 2)
        assert Video.objects.get().state == "broken"

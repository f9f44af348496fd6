"""Subtitle files of a video: attached, read anew, deleted; over the API and by forms."""

from __future__ import annotations

import errno
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client

from tests import factories
from videos.core import languages, messages
from videos.core.errors import AppError
from videos.models import SubtitleFile, Video
from videos.services.library import deletion, subtitles
from videos.storage import discarded
from videos.storage.base import ProgressCallback
from videos.storage.filesystem import FolderStore
from vrewcraft.accounts.models import User

SRT = (
    "1\n00:00:00,500 --> 00:00:01,500\n안녕하세요 여러분\n\n"
    "2\n00:00:02,000 --> 00:00:03,500\n자막입니다\n"
)
MANY = "".join(f"{n}\n00:00:0{n % 9},000 --> 00:00:09,000\nx{n}\n\n" for n in range(20_001))


@pytest.fixture
def video(owner: User, data_dir: Path) -> Video:
    """A probed video."""
    return factories.ready(owner)


@pytest.fixture
def file(video: Video) -> SubtitleFile:
    """Korean subtitles as older programs write them."""
    return subtitles.attach(video, SRT.encode("cp949"), "강의.srt")


def send(
    client: Client, video: Video, content: bytes | str, name: str = "a.srt", **more: str
) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    data = {"subtitles": SimpleUploadedFile(name, raw), **more}
    return client.post(f"/api/videos/{video.pk}/subtitles", data)


def patch(client: Client, file: SubtitleFile, body: object) -> Any:
    url = f"/api/subtitles/{file.pk}"
    return client.patch(url, json.dumps(body), content_type="application/json")


class TestAttach:
    """A file that came is kept as it is, and described."""

    def test_its_bytes_are_kept_and_its_encoding_is_found(self, file: SubtitleFile) -> None:
        assert file.path.read_bytes() == SRT.encode("cp949")
        found = (file.format, file.encoding, file.encoding_chosen, file.language, file.cues)
        assert found == ("srt", "cp949", False, "kor", 2)
        assert file.missing == ""

    def test_operations_see_it(self, video: Video, file: SubtitleFile) -> None:
        source = Video.objects.get(pk=video.pk).as_source
        assert source is not None
        (seen,) = source.subtitles
        assert (seen.id, seen.path, seen.encoding) == (str(file.pk), file.path, "cp949")

    def test_open_pages_are_notified(self, video: Video) -> None:
        before = video.seq
        subtitles.attach(video, SRT.encode(), "a.srt")
        assert Video.objects.get(pk=video.pk).seq > before

    def test_characters_without_a_sign_in_the_font_are_named(self, video: Video) -> None:
        text = SRT.replace("자막입니다", "좋아요 😀漢字")
        assert subtitles.attach(video, text.encode(), "a.srt").missing == "😀"

    def test_a_name_never_becomes_a_path(self, video: Video) -> None:
        name = "../a.srt',drawtext=textfile=/etc/passwd:x='"
        file = subtitles.attach(video, SRT.encode(), name)
        assert file.path.name == "source"
        assert "/" not in file.name

    def test_there_may_be_thirty_two(self, video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(subtitles, "MAX_FILES", 1)
        subtitles.attach(video, SRT.encode(), "a.srt")
        with pytest.raises(AppError, match="too_many_subtitles"):
            subtitles.attach(video, SRT.encode(), "b.srt")

    @pytest.mark.parametrize("number", [1, 2])
    def test_a_full_disk_is_said_and_leaves_nothing(
        self, video: Video, data_dir: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        put, calls = FolderStore.put, list[str]()

        def full(store: FolderStore, path: Path, key: str, on_progress: ProgressCallback) -> int:
            calls.append(key)
            if len(calls) == number:
                raise OSError(errno.ENOSPC, "full")
            return put(store, path, key, on_progress)

        monkeypatch.setattr(FolderStore, "put", full)
        with pytest.raises(AppError, match="disk_full"):
            subtitles.attach(video, SRT.encode(), "a.srt")
        discarded.free_space()
        assert not [path for path in data_dir.rglob("*") if path.is_file()]

    def test_a_refused_file_leaves_nothing(self, video: Video, data_dir: Path) -> None:
        with pytest.raises(AppError):
            subtitles.attach(video, b"nothing of that kind", "a.srt")
        assert not [path for path in data_dir.rglob("*") if path.is_file()]


class TestLanguage:
    """Guessed by name, then by letters."""

    @pytest.mark.parametrize(
        ("name", "text", "language"),
        [
            ("lecture.ko.srt", "hello", "kor"),
            ("lecture.KOR.srt", "", "kor"),
            ("talk_en.vtt", "안녕", "eng"),
            ("a.srt", "안녕", "kor"),
            ("a.srt", "こんにちは", "jpn"),
            ("a.srt", "hello", "und"),
            ("en.srt", "", "und"),
            ("it is all.srt", "", "und"),
        ],
    )
    def test_it_is_guessed(self, name: str, text: str, language: str) -> None:
        assert languages.guess(name, text) == language

    def test_every_language_has_a_name_and_a_code_for_browsers(self) -> None:
        assert set(languages.names()) == {"und", *languages.CODES.values()}
        assert (languages.web_code("kor"), languages.web_code("und")) == ("ko", "und")


class TestChange:
    """Another encoding, another language."""

    def test_another_encoding_reads_the_same_bytes_anew(self, video: Video) -> None:
        raw = "1\n00:00:01,000 --> 00:00:02,000\ncafé\n".encode("cp1252")
        file = subtitles.attach(video, raw, "a.srt")
        changed = subtitles.change(file, encoding="cp1251")
        assert (changed.encoding, changed.encoding_chosen) == ("cp1251", True)
        assert "cafй" in changed.preview[0]["text"]

    def test_two_changes_at_once_keep_both(self, video: Video, file: SubtitleFile) -> None:
        stale = SubtitleFile.objects.get(pk=file.pk)
        subtitles.change(file, language="eng")
        subtitles.change(stale, encoding="cp949")
        kept = SubtitleFile.objects.get(pk=file.pk)
        assert (kept.language, kept.encoding_chosen) == ("eng", True)

    def test_a_deleted_one_stays_deleted(self, file: SubtitleFile) -> None:
        stale = SubtitleFile.objects.get(pk=file.pk)
        subtitles.delete(file)
        with pytest.raises(AppError, match="not_found"):
            subtitles.change(stale, language="eng")
        assert SubtitleFile.objects.get(pk=file.pk).deleted_at is not None

    def test_one_whose_bytes_are_gone_is_not_found(self, file: SubtitleFile) -> None:
        file.path.unlink()
        with pytest.raises(AppError, match="not_found"):
            subtitles.change(file, encoding="cp949")

    def test_one_that_does_not_fit_changes_nothing(self, file: SubtitleFile) -> None:
        with pytest.raises(AppError, match="wrong_encoding"):
            subtitles.change(file, encoding="utf-8")
        assert SubtitleFile.objects.get(pk=file.pk).encoding == "cp949"


class TestDelete:
    """With a moment to undo."""

    def test_it_is_hidden_then_restored(
        self, owner: User, video: Video, file: SubtitleFile
    ) -> None:
        subtitles.delete(file)
        with pytest.raises(AppError, match="not_found"):
            subtitles.find(owner, str(file.pk))
        source = Video.objects.get(pk=video.pk).as_source
        assert source is not None
        assert source.subtitles == ()
        subtitles.restore(owner, str(file.pk))
        assert subtitles.find(owner, str(file.pk)) == file

    def test_then_its_bytes_are_gone(self, file: SubtitleFile) -> None:
        subtitles.delete(file)
        SubtitleFile.objects.update(deleted_at=Now() - timedelta(minutes=1))
        assert deletion.purge() == 1
        assert not file.path.exists()
        assert not SubtitleFile.objects.exists()


class TestApi:
    """`/api/videos/{id}/subtitles` and `/api/subtitles/{id}`."""

    def test_it_reports_what_it_found(self, client: Client, video: Video) -> None:
        answer = send(client, video, SRT.encode("cp949"), "강의.srt")
        assert answer.status_code == 201
        file = SubtitleFile.objects.get()
        assert answer.json() == {
            "subtitlesId": str(file.pk),
            "videoId": str(video.pk),
            "name": "강의.srt",
            "format": "srt",
            "encoding": "cp949",
            "encodingChosen": False,
            "language": "kor",
            "cues": 2,
            "missing": [],
            "preview": [
                {"start": 0.5, "end": 1.5, "text": "안녕하세요 여러분"},
                {"start": 2.0, "end": 3.5, "text": "자막입니다"},
            ],
            "trackUrl": f"/subtitles/{file.pk}/track.vtt",
        }

    def test_encoding_and_language_may_be_given(self, client: Client, video: Video) -> None:
        answer = send(client, video, SRT.encode("cp949"), encoding="cp949", language="eng").json()
        assert (answer["encodingChosen"], answer["language"]) == (True, "eng")

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"", 422, "no_cues"),
            ("just some words", 422, "no_cues"),
            (bytes(range(256)) * 100, 422, "not_subtitles"),
            (MANY, 422, "too_many_cues"),
            ("x" * (4 * 1024**2 + 1), 413, "subtitles_too_large"),
            ("1\n00:00:05,000 --> 00:00:02,000\nx\n", 422, "cue_ends_before_start"),
        ],
        ids=["empty", "words", "noise", "20001 cues", "4 MiB", "end before start"],
    )
    def test_what_cannot_be_used_is_refused(
        self, client: Client, video: Video, content: bytes | str, status: int, code: str
    ) -> None:
        answer = send(client, video, content)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["remedy"]
        assert not SubtitleFile.objects.exists()

    @pytest.mark.parametrize(
        ("more", "field"), [({"encoding": "rot13"}, "encoding"), ({"language": "xx"}, "language")]
    )
    def test_an_unknown_choice_is_refused(
        self, client: Client, video: Video, more: dict[str, str], field: str
    ) -> None:
        answer = send(client, video, SRT, **more)
        assert answer.status_code == 422
        assert answer.json()["fieldCodes"] == {field: "not_a_choice"}

    def test_the_wrong_encoding_is_refused(self, client: Client, video: Video) -> None:
        answer = send(client, video, SRT.encode("cp949"), encoding="utf-8")
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_encoding")

    def test_another_body_is_refused(self, client: Client, video: Video) -> None:
        url = f"/api/videos/{video.pk}/subtitles"
        assert client.post(url, {}, content_type="application/json").status_code == 415
        answer = client.post(url, {"other": "x"})
        assert (answer.status_code, answer.json()["code"]) == (422, "missing_subtitles")

    def test_it_is_listed_changed_deleted_and_restored(
        self, client: Client, video: Video, file: SubtitleFile
    ) -> None:
        listed = client.get(f"/api/videos/{video.pk}/subtitles").json()["subtitles"]
        assert [each["subtitlesId"] for each in listed] == [str(file.pk)]
        assert patch(client, file, {"language": "eng"}).json()["language"] == "eng"
        answer = client.delete(f"/api/subtitles/{file.pk}").json()
        assert (answer["deleted"], answer["undoSeconds"] > 9) == (True, True)
        assert client.get(f"/api/videos/{video.pk}/subtitles").json()["subtitles"] == []
        restored = client.post(f"/api/subtitles/{file.pk}/restore").json()
        assert restored["subtitlesId"] == str(file.pk)

    @pytest.mark.parametrize(
        ("body", "codes"),
        [
            ({"encoding": 1}, {"encoding": "not_text"}),
            ({"name": "x"}, {"name": "unknown_field"}),
            ({"language": "klingon"}, {"language": "not_a_choice"}),
        ],
    )
    def test_a_wrong_change_is_refused(
        self, client: Client, file: SubtitleFile, body: object, codes: dict[str, str]
    ) -> None:
        answer = patch(client, file, body)
        assert (answer.status_code, answer.json()["fieldCodes"]) == (422, codes)

    def test_somebody_elses_is_not_found(
        self, client: Client, file: SubtitleFile, stranger: User
    ) -> None:
        Video.objects.update(owner=stranger)
        answers = [
            patch(client, file, {"language": "eng"}),
            client.delete(f"/api/subtitles/{file.pk}"),
            client.post(f"/api/subtitles/{file.pk}/restore"),
            client.get(f"/subtitles/{file.pk}/track.vtt"),
            client.delete(f"/api/subtitles/{uuid4()}"),
        ]
        assert {answer.status_code for answer in answers} == {404}


class TestPages:
    """The player's track and the forms without scripts."""

    def test_the_player_gets_webvtt(self, client: Client, file: SubtitleFile) -> None:
        answer = client.get(f"/subtitles/{file.pk}/track.vtt")
        assert answer["Content-Type"] == "text/vtt; charset=utf-8"
        assert answer["X-Content-Type-Options"] == "nosniff"
        text = answer.content.decode()
        assert text.startswith("WEBVTT\n\n")
        assert "00:00:00.500 --> 00:00:01.500\n안녕하세요 여러분" in text

    def test_the_page_shows_the_file(
        self, client: Client, video: Video, file: SubtitleFile
    ) -> None:
        page = client.get(f"/videos/{video.pk}/").content.decode()
        for text in ("강의.srt", "SubRip (SRT)", "2 cues", "안녕하세요 여러분", 'srclang="ko"'):
            assert text in page

    def test_it_works_without_scripts(self, client: Client, video: Video) -> None:
        sent = {"subtitles": SimpleUploadedFile("a.srt", SRT.encode())}
        answer = client.post(f"/videos/{video.pk}/subtitles/", sent)
        assert (answer.status_code, answer["Location"]) == (303, f"/videos/{video.pk}/")
        file = SubtitleFile.objects.get()
        change = {"language": "eng", "encoding": "utf-8"}
        assert client.post(f"/subtitles/{file.pk}/", change).status_code == 303
        file.refresh_from_db()
        assert (file.language, file.encoding_chosen) == ("eng", False)
        answer = client.post(f"/subtitles/{file.pk}/delete/")
        undo = client.get(answer["Location"]).context["undo"]
        assert (undo.kind, undo.name) == ("subtitle", "a.srt")
        assert client.post(undo.restore_url).status_code == 303
        assert client.get(f"/subtitles/{file.pk}/track.vtt").status_code == 200

    def test_a_bad_file_without_scripts_says_why(self, client: Client, video: Video) -> None:
        sent = {"subtitles": SimpleUploadedFile("a.srt", b"words")}
        answer = client.post(f"/videos/{video.pk}/subtitles/", sent)
        assert answer.status_code == 422
        assert messages.message("no_cues", {}) in answer.content.decode()

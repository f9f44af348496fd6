"""Form uploads: what reaches the disk, what is refused, and that nothing is left behind."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.test import RequestFactory
from pytest_django import Settings

from videos.core.errors import AppError
from videos.services.uploads.multipart import Received, receive, streaming_upload

MIB = 1024 * 1024
CONTENT = os.urandom(3 * MIB + 17)


@pytest.fixture
def incoming(settings: Settings, tmp_path: Path) -> Path:
    """Where uploads arrive."""
    settings.VREWCRAFT_DATA_DIR = tmp_path
    settings.VREWCRAFT_UPLOAD_LIMIT = 100 * MIB
    return tmp_path / "incoming"


class View:
    """A view that notes what it received, and moves it to `kept` if that is given."""

    def __init__(self, kept: Path | None = None) -> None:
        self.kept = kept
        self.received: Received | None = None
        self.content = b""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.received = receive(request)
        self.content = self.received.path.read_bytes()
        if self.kept:
            self.received.path.rename(self.kept)
        return HttpResponse(status=201)


def post(
    files: dict[str, object], view: Callable[[HttpRequest], HttpResponse], *, csrf: bool = False
) -> HttpResponseBase:
    request = RequestFactory().post("/api/upload", files)
    return send(request, view, csrf=csrf)


def send(
    request: HttpRequest, view: Callable[[HttpRequest], HttpResponse], *, csrf: bool = False
) -> HttpResponseBase:
    request._dont_enforce_csrf_checks = not csrf  # type: ignore[attr-defined]
    return streaming_upload(view)(request)


def form(*parts: tuple[str, str, bytes], end: bytes = b"\r\n--mark--\r\n") -> HttpRequest:
    """A request whose form is spelled out: the parts' names, file names and contents."""
    body = b"".join(
        f'\r\n--mark\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"'.encode()
        + b"\r\nContent-Type: video/mp4\r\n\r\n"
        + content
        for name, file, content in parts
    )
    return RequestFactory().post(
        "/", data=body[2:] + end, content_type="multipart/form-data; boundary=mark"
    )


def file(content: bytes = CONTENT, name: str = "talk.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "video/mp4")


def refused(request: HttpRequest) -> AppError:
    with pytest.raises(AppError) as caught:
        send(request, View())
    return caught.value


def test_the_file_lies_on_the_disk_while_the_view_runs(incoming: Path) -> None:
    view = View()
    assert post({"video": file()}, view).status_code == 201
    assert view.content == CONTENT
    assert view.received is not None
    assert view.received.path.parent == incoming
    assert (view.received.name, view.received.bytes) == ("talk.mp4", len(CONTENT))


def test_a_file_that_the_view_moved_is_its_own(incoming: Path, tmp_path: Path) -> None:
    post({"video": file()}, View(kept=tmp_path / "kept"))
    assert (tmp_path / "kept").read_bytes() == CONTENT
    assert list(incoming.iterdir()) == []


def test_a_file_that_nobody_moved_is_deleted(incoming: Path) -> None:
    post({"video": file()}, View())
    assert list(incoming.iterdir()) == []


def test_a_view_that_fails_leaves_nothing(incoming: Path) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        receive(request)
        raise RuntimeError("meant")

    with pytest.raises(RuntimeError, match="meant"):
        post({"video": file()}, view)
    assert list(incoming.iterdir()) == []


def test_other_fields_are_read_and_other_files_dropped(incoming: Path) -> None:
    seen: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(receive(request).path.read_bytes())
        seen.append(request.POST["title"])
        return HttpResponse(str(len(list(incoming.iterdir()))))

    fields: dict[str, object] = {"other": file(b"no"), "video": file(b"yes"), "title": "제목"}
    assert post(fields, view).status_code == 200
    assert seen == [b"yes", "제목"]


def test_of_two_files_in_the_field_the_first_is_taken(incoming: Path) -> None:
    view = View()
    send(form(("video", "a.mp4", b"first"), ("video", "b.mp4", b"second")), view)
    assert view.content == b"first"


def test_an_empty_file_is_taken(incoming: Path) -> None:
    view = View()
    send(form(("video", "empty.mp4", b"")), view)
    assert view.received is not None
    assert view.received.bytes == 0


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ("한" * 300 + ".mp4", "한" * 300 + ".mp4"),
        ("../../x.mp4", "x.mp4"),
        ("a%22b%0D%0Ac.mp4", 'a"b\r\nc.mp4'),
        ("50%.mp4", "50%.mp4"),
    ],
)
def test_the_name_is_the_clients(incoming: Path, sent: str, known: str) -> None:
    view = View()
    send(form(("video", sent, b"x")), view)
    assert view.received is not None
    assert view.received.name == known


def test_a_form_sent_in_chunks_has_no_length_and_is_read(incoming: Path) -> None:
    request = form(("video", "talk.mp4", CONTENT))
    body = request.META["wsgi.input"].read()
    del request.META["CONTENT_LENGTH"]
    request._stream = io.BytesIO(body)
    view = View()
    send(request, view)
    assert view.content == CONTENT


def test_another_content_type_is_refused(incoming: Path) -> None:
    error = refused(RequestFactory().post("/", b"raw", content_type="video/mp4"))
    assert (error.code, error.status) == ("wrong_content_type", 415)
    assert error.values == {"expected": "multipart/form-data"}


@pytest.mark.parametrize("name", ["", "other", "video"], ids=["none", "another field", "no file"])
def test_a_form_without_the_file_is_refused(incoming: Path, name: str) -> None:
    fields: dict[str, object] = {}
    if name:
        fields[name] = "text" if name == "video" else file(b"x")
    error = refused(RequestFactory().post("/", fields))
    assert (error.code, error.status) == ("missing_field", 422)
    assert error.fields == {"video": "required"}


def test_a_file_over_the_limit_is_refused(incoming: Path, settings: Settings) -> None:
    settings.VREWCRAFT_UPLOAD_LIMIT = 2 * MIB
    error = refused(form(("video", "talk.mp4", CONTENT)))
    assert (error.code, error.status) == ("too_large", 413)
    assert error.values == {"limit": "2.0 MiB"}
    assert list(incoming.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_is_a_readable_error(
    incoming: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def fail(*args: object) -> None:
        raise OSError(number, os.strerror(number))

    class FullDisk(io.FileIO):
        def write(self, data: object) -> int:
            fail()
            return 0

    def open_full(path: Path, mode: str) -> FullDisk:
        return FullDisk(path, mode)

    if call == "write":
        monkeypatch.setattr(Path, "open", open_full)
    else:
        monkeypatch.setattr(os, "fsync", fail)
    error = refused(form(("video", "talk.mp4", CONTENT)))
    assert (error.code, error.status) == ("disk_full", 507)
    assert list(incoming.iterdir()) == []


@pytest.mark.parametrize(
    "end", [b"", b"\r\n--mar", b"\r\n--mark\r\nContent-Disp"], ids=["data", "mark", "header"]
)
def test_a_form_that_ends_in_the_middle_is_refused(incoming: Path, end: bytes) -> None:
    view = View()
    request = form(("video", "talk.mp4", CONTENT), end=end)
    if end.endswith(b"Disp"):
        send(request, view)
        assert view.content == CONTENT
    else:
        error = refused(request)
        assert (error.code, error.status) == ("bad_upload", 400)
    assert list(incoming.iterdir()) == []


def test_a_form_without_a_boundary_is_refused(incoming: Path) -> None:
    request = RequestFactory().post("/", b"x" * 100, content_type="multipart/form-data")
    assert refused(request).code == "bad_upload"


@pytest.mark.parametrize("cookie", ["", "x" * 32], ids=["unknown", "wrong token"])
def test_a_form_of_another_site_is_refused_and_leaves_nothing(incoming: Path, cookie: str) -> None:
    view = View()
    request = RequestFactory().post("/", {"csrfmiddlewaretoken": "y" * 32, "video": file()})
    request.COOKIES["csrftoken"] = cookie
    assert send(request, view, csrf=True).status_code == 403
    assert view.received is None
    assert not incoming.exists() or list(incoming.iterdir()) == []


@pytest.mark.parametrize("where", ["before", "after", "header"])
def test_a_form_of_our_own_page_is_taken(incoming: Path, where: str) -> None:
    request = RequestFactory().get("/")
    token = get_token(request)
    fields: dict[str, object] = {"video": file()}
    if where != "header":
        named = {"csrfmiddlewaretoken": token}
        fields = named | fields if where == "before" else fields | named
    headers = {"X-CSRFToken": token} if where == "header" else {}
    upload = RequestFactory().post("/", fields, headers=headers)
    upload.COOKIES["csrftoken"] = request.META["CSRF_COOKIE"]
    view = View()
    assert send(upload, view, csrf=True).status_code == 201
    assert view.content == CONTENT

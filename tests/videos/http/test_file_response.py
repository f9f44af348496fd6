"""Files over HTTP: whole, in parts, not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncRequestFactory
from pytest_django import Settings

from videos.http import file_response
from videos.http.file_response import CHUNK_BYTES, FilePart, serve_file

CONTENT = bytes(range(256)) * 4096
SIZE = len(CONTENT)
YESTERDAY = 1_700_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of one MiB."""
    file = tmp_path / "file.bin"
    file.write_bytes(CONTENT)
    os.utime(file, (YESTERDAY, YESTERDAY))
    return file


def open_files() -> set[str]:
    """The numbers of this process's open files; one of them is the listing itself."""
    return {path.name for path in Path("/proc/self/fd").iterdir()}


@pytest.fixture(autouse=True)
def _files_are_closed() -> Iterator[None]:
    """No test may leave more files open than it found."""
    before = open_files()
    yield
    assert open_files() <= before


async def fetch(
    path: Path,
    headers: dict[str, str] | None = None,
    method: str = "GET",
    content_type: str = "video/mp4",
    *,
    inline: bool = False,
) -> HttpResponseBase:
    request = AsyncRequestFactory().generic(method, "/", headers=headers or {})
    return await serve_file(
        request, path, name="강의.mp4", content_type=content_type, inline=inline
    )


async def body(response: HttpResponseBase) -> bytes:
    if isinstance(response, StreamingHttpResponse):
        chunks = [bytes(chunk) async for chunk in aiter(response)]
        assert max(map(len, chunks), default=0) <= CHUNK_BYTES
        return b"".join(chunks)
    assert isinstance(response, HttpResponse)
    return response.content


async def test_without_a_range_the_file_comes_whole(path: Path) -> None:
    response = await fetch(path)
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert response.headers["ETag"].startswith('"')
    assert "Content-Range" not in response.headers
    assert await body(response) == CONTENT


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=100-199", 100, 200),
        ("bytes=1000000-", 1_000_000, SIZE),
        ("bytes=-10", SIZE - 10, SIZE),
        ("bytes=0-99999999", 0, SIZE),
        ("bytes=5-6,0-1", 5, 7),
    ],
)
async def test_a_range_is_answered_by_that_part(
    path: Path, asked: str, start: int, end: int
) -> None:
    response = await fetch(path, {"Range": asked})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert response.headers["Content-Length"] == str(end - start)
    assert await body(response) == CONTENT[start:end]


async def test_a_range_outside_the_file_says_how_large_it_is(path: Path) -> None:
    response = await fetch(path, {"Range": f"bytes={SIZE}-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"
    assert await body(response) == b""


async def test_a_range_that_is_none_is_ignored(path: Path) -> None:
    response = await fetch(path, {"Range": "bytes=9-5"})
    assert (response.status_code, len(await body(response))) == (200, SIZE)


@pytest.mark.parametrize(
    ("asked", "who", "length"),
    [
        ("bytes=0-", "video", 1000),
        ("bytes=500-", "audio", 1000),
        ("bytes=0-4999", "video", 5000),
        ("bytes=0-", "document", SIZE),
        ("bytes=0-", "", SIZE),
    ],
)
async def test_only_a_player_that_asks_for_the_rest_gets_a_part_of_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, who: str, length: int
) -> None:
    monkeypatch.setattr(file_response, "OPEN_RANGE_BYTES", 1000)
    response = await fetch(path, {"Range": asked} | ({"Sec-Fetch-Dest": who} if who else {}))
    assert response.headers["Content-Length"] == str(length)
    assert len(await body(response)) == length


async def test_head_has_the_headers_alone(path: Path) -> None:
    response = await fetch(path, {"Range": "bytes=0-5"}, "HEAD")
    assert (response.status_code, await body(response)) == (200, b"")
    assert response.headers["Content-Length"] == str(SIZE)


async def test_an_empty_file_is_served(tmp_path: Path) -> None:
    empty = tmp_path / "empty.bin"
    empty.touch()
    response = await fetch(empty, {"Range": "bytes=0-"})
    assert (response.status_code, await body(response)) == (200, b"")


async def test_what_the_client_has_is_not_sent_again(path: Path) -> None:
    etag = (await fetch(path, method="HEAD")).headers["ETag"]
    for headers in ({"If-None-Match": f'W/"x", {etag}'}, {"If-None-Match": "*"}):
        response = await fetch(path, headers | {"Range": "bytes=0-5"})
        assert (response.status_code, await body(response)) == (304, b"")
        assert response.headers["ETag"] == etag


async def test_what_has_changed_is_sent_again(path: Path) -> None:
    etag = (await fetch(path, method="HEAD")).headers["ETag"]
    os.utime(path, ns=(0, YESTERDAY * 10**9 + 1))
    response = await fetch(path, {"If-None-Match": etag})
    assert (response.status_code, await body(response)) == (200, CONTENT)


async def test_a_download_is_resumed_only_from_the_same_file(path: Path) -> None:
    known = (await fetch(path, method="HEAD")).headers
    for condition, status in (
        (known["ETag"], 206),
        (known["Last-Modified"], 206),
        ('"another"', 200),
        (f"W/{known['ETag']}", 200),
        ("Tue, 14 Nov 2023 22:13:21 GMT", 200),
    ):
        response = await fetch(path, {"Range": "bytes=10-", "If-Range": condition})
        assert response.status_code == status, condition
        response.close()


async def test_a_wrong_if_match_is_refused(path: Path) -> None:
    assert (await fetch(path, {"If-Match": '"another"'})).status_code == 412


@pytest.mark.parametrize("missing", ["gone.bin", "file.bin/below", "."])
async def test_a_file_that_is_gone_is_a_404(path: Path, missing: str) -> None:
    with pytest.raises(Http404):
        await fetch(path.parent / missing)


async def test_the_name_is_kept(path: Path) -> None:
    for inline, kind in ((True, "inline"), (False, "attachment")):
        response = await fetch(path, inline=inline)
        assert response.headers["Content-Disposition"] == (
            f"{kind}; filename=\"__.mp4\"; filename*=UTF-8''%EA%B0%95%EC%9D%98.mp4"
        )
        response.close()


@pytest.mark.parametrize(
    ("content_type", "inline", "boxed"),
    [
        ("video/mp4", True, False),
        ("image/jpeg", True, False),
        ("image/svg+xml", True, True),
        ("text/html; charset=utf-8", True, True),
        ("text/html", False, False),
    ],
)
async def test_what_is_shown_and_no_media_is_boxed_in(
    path: Path, content_type: str, inline: bool, boxed: bool
) -> None:
    response = await fetch(path, method="HEAD", content_type=content_type, inline=inline)
    assert (response.headers.get("Content-Security-Policy") == "sandbox") is boxed


async def test_a_reader_that_leaves_closes_the_file(path: Path) -> None:
    file = path.open("rb")
    chunks = FilePart(file, 0, SIZE).__aiter__()
    assert await anext(chunks) == CONTENT[:CHUNK_BYTES]
    await chunks.aclose()
    assert file.closed


async def test_an_answer_that_is_never_read_closes_the_file(path: Path) -> None:
    response = await fetch(path)
    response.close()


async def test_a_file_that_shrinks_is_no_whole_answer(path: Path) -> None:
    response = await fetch(path)
    os.truncate(path, 1000)
    with pytest.raises(OSError, match="became shorter"):
        await body(response)


class TestProxy:
    """A proxy that sends the files itself."""

    async def test_nginx_gets_the_place_in_the_library(
        self, tmp_path: Path, settings: Settings
    ) -> None:
        settings.VREWCRAFT_DATA_DIR, settings.VREWCRAFT_SENDFILE = tmp_path, "nginx"
        response = await fetch(tmp_path / "library" / "outputs" / "1 %2e강.mp4", inline=True)
        assert response.headers["X-Accel-Redirect"] == "/_library/outputs/1%20%252e%EA%B0%95.mp4"
        assert response.headers["Content-Type"] == "video/mp4"
        assert response.headers["Content-Disposition"].startswith("inline")
        assert response.headers["X-Content-Type-Options"] == "nosniff"

    async def test_apache_gets_the_whole_path(self, path: Path, settings: Settings) -> None:
        settings.VREWCRAFT_SENDFILE = "apache"
        response = await fetch(path, {"Range": "bytes=0-9"})
        assert (response.status_code, response.headers["X-Sendfile"]) == (200, str(path))
        assert "Content-Range" not in response.headers

    async def test_what_is_no_media_stays_boxed_in(self, path: Path, settings: Settings) -> None:
        settings.VREWCRAFT_SENDFILE = "apache"
        response = await fetch(path, content_type="text/html", inline=True)
        assert response.headers["Content-Security-Policy"] == "sandbox"

"""What every store of the library's files does: the folder, the bucket, and one that knows nothing.

The third is kept in memory by this module. It needs one class and its name in the registry, and
the whole product works on it.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories, media
from tests.http import body, upload
from tests.servers.s3 import S3Server
from tests.work import drain
from videos.core.enums import StepCode
from videos.models import Output, Task, Video, progress_write
from videos.models.progress_write import Advance
from videos.models.task_queue import Claim
from videos.operations import registry as operations
from videos.serializers.output import source_url
from videos.services.library import audit, deletion
from videos.services.tasks import requests
from videos.services.uploads import transfer
from videos.storage import keys, registry
from videos.storage.base import FileStore, Link, ProgressCallback, Stored, ignore_progress
from videos.storage.cache import Cache
from videos.storage.remote import RemoteStore
from vrewcraft.accounts.models import User
from vrewcraft.storage import s3_options

KEY = "outputs/1/1/film.mp4"
CONTENT = bytes(range(256)) * 4
LINK = Link("film.mp4", "video/mp4", inline=False, seconds=60)


class MemoryStore(RemoteStore):
    """Files in this process's memory."""

    def __init__(self, cache: Cache) -> None:
        super().__init__(cache)
        self._files: dict[str, tuple[bytes, datetime]] = {}

    def put(self, path: Path, key: str, on_progress: ProgressCallback = ignore_progress) -> int:
        """Keep its bytes."""
        content = path.read_bytes()
        on_progress(len(content))
        self._files[key] = content, datetime.now(UTC)
        return len(content)

    @contextmanager
    def open(self, key: str, offset: int = 0) -> Iterator[BytesIO]:
        """From the memory."""
        yield BytesIO(self._content(key)[offset:])

    def size(self, key: str) -> int:
        """As it is."""
        return len(self._content(key))

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """In order."""
        for key, (content, at) in sorted(self._files.items()):
            if key.startswith(prefix):
                yield Stored(key, len(content), at)

    def delete(self, key: str) -> None:
        """Forget it."""
        self._files.pop(key, None)

    def _content(self, key: str) -> bytes:
        if key not in self._files:
            raise FileNotFoundError(key)
        return self._files[key][0]


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.s3, pytest.mark.slow] if name == "s3" else [])
        for name in (*registry.STORES, "memory")
    ]
)
def store(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> FileStore:
    """The library of this process, empty."""
    settings.VREWCRAFT_DATA_DIR = tmp_path
    settings.VREWCRAFT_STORAGE = request.param
    monkeypatch.setitem(registry.STORES, "memory", f"{__name__}.MemoryStore")
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("s3_server")
        bucket = request.getfixturevalue("s3_bucket")
        for name, value in {**server.environment, "AWS_STORAGE_BUCKET_NAME": bucket}.items():
            monkeypatch.setenv(name, value)
        settings.VREWCRAFT_S3 = s3_options()
    return registry.store()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A file that is finished."""
    path = tmp_path / "film.part"
    path.write_bytes(CONTENT)
    return path


def stored(store: FileStore, prefix: str = "") -> list[str]:
    return sorted(item.key for item in store.list(prefix))


def kept(store: FileStore, film: Path, key: str, content: bytes = CONTENT) -> None:
    film.write_bytes(content)
    assert store.put(film, key) == len(content)


class TestKeeping:
    """Files by key, whole or not at all."""

    def test_a_file_is_there_as_it_was(self, store: FileStore, film: Path) -> None:
        assert store.put(film, KEY) == len(CONTENT)
        assert (store.exists(KEY), store.size(KEY), store.read(KEY)) == (
            True,
            len(CONTENT),
            CONTENT,
        )

    def test_an_instant_store_takes_the_file_and_others_leave_it(
        self, store: FileStore, film: Path
    ) -> None:
        store.put(film, KEY)
        assert film.exists() is not store.is_instant

    def test_progress_is_in_bytes_and_ends_with_all_of_them(
        self, store: FileStore, film: Path
    ) -> None:
        received: list[int] = []
        store.put(film, KEY, received.append)
        assert received == sorted(received)
        assert store.is_instant or received[-1] == len(CONTENT)

    def test_an_empty_file_is_a_file(self, store: FileStore, film: Path) -> None:
        kept(store, film, KEY, b"")
        assert (store.size(KEY), store.read(KEY)) == (0, b"")
        with store.open(KEY) as file:
            assert file.read(10) == b""

    def test_it_can_be_read_from_any_byte_on(self, store: FileStore, film: Path) -> None:
        store.put(film, KEY)
        with store.open(KEY, 1000) as file:
            assert (file.read(10), file.read(100), file.read(1)) == (
                CONTENT[1000:1010],
                CONTENT[1010:],
                b"",
            )

    def test_put_again_it_is_the_newer_one(self, store: FileStore, film: Path) -> None:
        kept(store, film, KEY, b"half")
        kept(store, film, KEY)
        assert store.read(KEY) == CONTENT

    def test_what_is_not_there_cannot_be_put(self, store: FileStore, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            store.put(tmp_path / "none", KEY)
        assert stored(store) == []

    def test_a_key_without_a_file_raises_file_not_found(self, store: FileStore) -> None:
        assert not store.exists(KEY)
        for ask in (store.size, store.read):
            with pytest.raises(FileNotFoundError):
                ask(KEY)
        with pytest.raises(FileNotFoundError), store.open(KEY):
            pass
        with pytest.raises(FileNotFoundError), store.local_copy(KEY, 1):
            pass


class TestListing:
    """What is there."""

    def test_all_or_a_folder_of_keys_and_nothing_beside_it(
        self, store: FileStore, film: Path
    ) -> None:
        for key in ("outputs/1/1/a", "outputs/1/2/b", "outputs/10/1/c", "sources/1/0/d"):
            kept(store, film, key)
        assert stored(store, "outputs/1/") == ["outputs/1/1/a", "outputs/1/2/b"]
        assert len(stored(store)) == 4
        assert stored(store, "subtitles/") == []

    def test_each_file_with_its_size_and_its_time(self, store: FileStore, film: Path) -> None:
        kept(store, film, KEY)
        (item,) = store.list()
        assert (item.key, item.bytes) == (KEY, len(CONTENT))
        assert abs(datetime.now(UTC) - item.at) < timedelta(minutes=1)

    def test_files_of_one_folder_come_together(self, store: FileStore, film: Path) -> None:
        for number in range(6):
            kept(store, film, f"outputs/{number % 2}/1/{number}")
        folders = [item.key.split("/")[1] for item in store.list("outputs/")]
        assert folders in (["0"] * 3 + ["1"] * 3, ["1"] * 3 + ["0"] * 3)


class TestDeleting:
    """Gone for all who look."""

    def test_one_file(self, store: FileStore, film: Path) -> None:
        kept(store, film, KEY)
        kept(store, film, f"{KEY}.jpg")
        store.delete(KEY)
        store.delete(KEY)
        assert stored(store) == [f"{KEY}.jpg"]

    def test_all_below_a_folder_of_keys(self, store: FileStore, film: Path) -> None:
        for key in ("outputs/1/1/a", "outputs/1/2/b", "outputs/10/1/c"):
            kept(store, film, key)
        store.delete_prefix("outputs/1/")
        store.delete_prefix("outputs/1/")
        assert stored(store) == ["outputs/10/1/c"]


class TestOnThisMachine:
    """Programs read files of this machine's disk."""

    def test_a_copy_is_there_as_long_as_it_is_used(self, store: FileStore, film: Path) -> None:
        kept(store, film, KEY)
        received: list[int] = []
        with store.local_copy(KEY, len(CONTENT), received.append) as path:
            assert path == store.local_path(KEY)
            assert path.read_bytes() == CONTENT
            store.make_room(2**62)
            assert path.exists()
        assert received[-1] == len(CONTENT)
        assert store.read(KEY) == CONTENT

    def test_an_instant_store_needs_no_copy(self, store: FileStore, film: Path) -> None:
        kept(store, film, KEY)
        assert store.local_path(KEY).exists() is store.is_instant


class TestLookingAfterIt:
    """What health, maintenance and the check ask of it."""

    def test_it_is_well_and_has_been_made(self, store: FileStore) -> None:
        store.check()
        assert store.create() is False
        store.sweep()
        assert [*store.unfinished()] == []

    def test_its_mark_is_none_of_the_librarys_files(self, store: FileStore) -> None:
        assert store.read_mark() == 0
        store.write_mark(7)
        store.write_mark(8)
        assert store.read_mark() == 8
        assert set(stored(store)) <= {keys.MARK}

    def test_people_can_find_a_file(self, store: FileStore) -> None:
        assert KEY in store.address(KEY)

    def test_a_link_is_good_for_anybody_where_there_are_links(
        self, store: FileStore, film: Path
    ) -> None:
        kept(store, film, KEY)
        if url := store.url(KEY, LINK):
            with urllib.request.urlopen(url) as answer:
                assert answer.read() == CONTENT


def test_a_process_has_one_store(store: FileStore) -> None:
    assert registry.store() is store


def downloaded(client: Client, url: str) -> bytes:
    """What a browser saves."""
    answer = client.get(url)
    if answer.status_code == 302:
        with urllib.request.urlopen(answer["Location"]) as linked:
            content: bytes = linked.read()
            return content
    assert answer.status_code == 200
    return body(answer) if answer.streaming else answer.content


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> set[StepCode]:
    """The steps that tasks go through."""
    seen: set[StepCode] = set()
    advance = progress_write.advance

    def watched(claim: Claim, to: Advance) -> Task:
        seen.add(to.step)
        return advance(claim, to)

    monkeypatch.setattr(progress_write, "advance", watched)
    return seen


@pytest.fixture
def video(store: FileStore, db: None) -> Video:
    """The owner's video of numbered frames, uploaded and ready to be edited."""
    User.objects.local_owner()
    answer = upload(Client(), media.numbered().read_bytes())
    assert answer.status_code == 201, answer.content
    transfer.transfer_all(ignore_progress)
    drain()
    return Video.objects.get()


@pytest.mark.slow
def test_a_video_lives_its_whole_life_in_it(
    store: FileStore, steps: set[StepCode], video: Video, tmp_path: Path
) -> None:
    client = Client()
    assert video.state == "ready"
    cut = {"startTime": 1.0, "endTime": 3.0, "mode": "exact"}
    task = requests.request_edit(video, operations.get("trim"), cut).task
    drain()
    task.refresh_from_db()
    assert (task.status, task.error_code) == ("complete", "")
    assert (StepCode.FETCHING in steps) is not store.is_instant

    result = tmp_path / "result.mp4"
    result.write_bytes(downloaded(client, task.outputs.get().url))
    assert media.frame_numbers(result) == list(range(25, 75))
    poster = Output.objects.get(kind="poster")
    assert downloaded(client, poster.url).startswith(b"\xff\xd8")
    assert audit.check(deep=True, grace=timedelta()).findings == []

    deletion.delete_video(video)
    Video.objects.update(deleted_at="2020-01-01T00:00:00Z")
    assert deletion.purge() == 1
    assert stored(store) == []


def test_what_has_no_link_is_streamed_in_ranges(store: FileStore, db: None, film: Path) -> None:
    owner, client = User.objects.local_owner(), Client()
    video = factories.stored(owner, film, factories.probe())
    url = source_url(video)
    found = client.get(url, headers={"range": "bytes=10-19"})
    if found.status_code == 302:
        assert store.url(video.source_key, LINK)
        return
    assert (found.status_code, found["Content-Length"]) == (206, "10")
    assert found["Content-Range"] == f"bytes 10-19/{len(CONTENT)}"
    assert found["Content-Disposition"].startswith("inline")
    assert body(found) == CONTENT[10:20]
    fresh = client.get(url, headers={"if-none-match": found["ETag"]})
    assert fresh.status_code == 304
    beyond = client.get(url, headers={"range": f"bytes={len(CONTENT)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")
    whole = client.get(url)
    assert (whole.status_code, body(whole)) == (200, CONTENT)
    head = client.head(url)
    assert (head.status_code, head["Content-Length"]) == (200, str(len(CONTENT)))

"""Copies of a bucket's files: made once, kept while in use, bounded, shared by processes."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from videos.storage.base import ProgressCallback, ignore_progress
from videos.storage.cache import Cache

LIMIT = 1000


class Library:
    """Where copies come from; counts how often."""

    def __init__(self, wait: Callable[[], None] = lambda: None) -> None:
        self.fetched = 0
        self.wait = wait

    def fill(self, path: Path, on_progress: ProgressCallback) -> None:
        self.fetched += 1
        self.wait()
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(b"x" * size)
        on_progress(size)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", LIMIT)


@pytest.fixture
def library() -> Library:
    return Library()


def use(cache: Cache, library: Library, key: str, size: int = 400) -> None:
    """Hold a copy for a moment, and not at the same time as the one before."""
    time.sleep(0.005)
    with cache.pinned(key, size, library.fill) as path:
        assert path.read_bytes() == b"x" * size


def kept(cache: Cache) -> set[str]:
    folder = cache.path("")
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    return {path.relative_to(folder).as_posix() for path in files}


def test_a_copy_is_made_once_and_used_again(cache: Cache, library: Library) -> None:
    for _ in range(3):
        use(cache, library, "sources/1/0/source.mp4")
    assert library.fetched == 1


def test_its_path_is_known_before_it_is_there(cache: Cache, library: Library) -> None:
    foreseen = cache.path("sources/1/0/source.mp4")
    with cache.pinned("sources/1/0/source.mp4", 4, library.fill) as path:
        assert path == foreseen
    assert cache.key(foreseen) == "sources/1/0/source.mp4"


def test_progress_is_reported_and_ends_with_all_bytes(cache: Cache, library: Library) -> None:
    on_progress: list[int] = []
    with cache.pinned("a", 7, library.fill, on_progress.append):
        assert on_progress[-1] == 7
    with cache.pinned("a", 7, library.fill, on_progress.append):
        assert on_progress[-1] == 7


def test_the_least_recently_used_goes_first(cache: Cache, library: Library) -> None:
    for key in ("a", "b", "a", "c"):
        use(cache, library, key)
    assert kept(cache) == {"a", "c"}


def test_folders_of_removed_copies_go_too(cache: Cache, library: Library) -> None:
    use(cache, library, "sources/1/0/source.mp4", 900)
    use(cache, library, "sources/2/0/source.mp4", 900)
    assert not cache.path("sources/1").exists()


def test_a_copy_in_use_is_never_removed(cache: Cache, library: Library) -> None:
    with cache.pinned("a", 600, library.fill) as path:
        use(cache, library, "b", 600)
        assert path.exists()
    assert sum(cache.path(key).stat().st_size for key in kept(cache)) <= LIMIT


def test_what_is_larger_than_the_bound_is_used_and_then_removed(
    cache: Cache, library: Library
) -> None:
    with cache.pinned("huge", LIMIT * 2, library.fill) as path:
        assert path.stat().st_size == LIMIT * 2
    assert kept(cache) == set()


def test_a_copy_of_another_size_is_made_anew(cache: Cache, library: Library) -> None:
    use(cache, library, "a", 400)
    use(cache, library, "a", 401)
    assert library.fetched == 2


def test_a_failure_leaves_nothing_and_the_next_one_succeeds(cache: Cache) -> None:
    def broken(path: Path, on_progress: ProgressCallback) -> None:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"), cache.pinned("a", 400, broken):
        pass
    assert kept(cache) == set()
    use(cache, Library(), "a")


def test_what_a_killed_process_left_half_is_made_anew(cache: Cache, library: Library) -> None:
    half = cache.path("a.part")
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    use(cache, library, "a")
    assert kept(cache) == {"a"}


def test_two_who_want_the_same_fetch_it_once_and_use_it_together(cache: Cache) -> None:
    begun, resume, inside = threading.Event(), threading.Event(), threading.Barrier(2, timeout=10)

    def wait() -> None:
        begun.set()
        assert resume.wait(10)

    library = Library(wait)

    def hold() -> None:
        with cache.pinned("a", 400, library.fill):
            inside.wait()

    first = threading.Thread(target=hold)
    first.start()
    assert begun.wait(10)
    second = threading.Thread(target=hold)
    second.start()
    resume.set()
    for thread in (first, second):
        thread.join(10)
        assert not thread.is_alive()
    assert (library.fetched, inside.broken) == (1, False)


def test_who_waits_for_another_may_be_stopped(cache: Cache, library: Library) -> None:
    class Cancelled(Exception):
        pass

    def cancel(_bytes: int) -> None:
        raise Cancelled

    begun, resume = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert resume.wait(10)

    slow = Library(wait)
    with ExitStack() as stack:
        holder = threading.Thread(target=lambda: use(cache, slow, "a"))
        holder.start()
        stack.callback(holder.join, 10)
        stack.callback(resume.set)
        assert begun.wait(10)
        with pytest.raises(Cancelled), cache.pinned("a", 400, library.fill, cancel):
            pass
    assert (slow.fetched, library.fetched) == (1, 0)


def test_a_disk_without_room_is_an_error_after_all_else_is_removed(
    cache: Cache, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(cache, library, "a")
    monkeypatch.setattr(Cache, "_free", lambda _cache: 100)
    with pytest.raises(OSError, match="No space left"), cache.pinned("b", 400, library.fill):
        pass
    assert kept(cache) == set()


def test_copies_leave_the_floor_of_the_disk_free(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cache, "_free", lambda _cache: 500)
    use(Cache(tmp_path / "cache", LIMIT, floor=100), library, "a")
    cramped = Cache(tmp_path / "cache", LIMIT, floor=101)
    with pytest.raises(OSError, match="No space left"), cramped.pinned("b", 400, library.fill):
        pass
    cramped.trim()


def test_copies_make_way_where_the_disk_is_needed_for_something_else(
    cache: Cache, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("a", "b", "c"):
        use(cache, library, key, 300)
    monkeypatch.setattr(Cache, "_free", lambda cache: 1000 - 300 * len(kept(cache)))
    with cache.pinned("a", 300, library.fill):
        cache.spare(400)
        assert kept(cache) == {"a", "c"}
        cache.spare(5000)
        assert kept(cache) == {"a"}


def _work(folder: Path, number: int, failed: multiprocessing.Queue[str]) -> None:
    """Use copies at random for a moment; each must hold what its key says while it is held."""
    cache = Cache(folder, LIMIT)

    def fill(path: Path, _on_progress: ProgressCallback) -> None:
        path.write_bytes(key.encode() * 300)

    for turn in range(60):
        key = "abcdef"[(turn * (number + 2) + number) % 6]
        with cache.pinned(key, 300, fill, ignore_progress) as path:
            for _ in range(2):
                if path.read_bytes() != key.encode() * 300:
                    failed.put(f"{os.getpid()} {key}")


def test_several_processes_share_it_without_a_wrong_byte(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    failed: multiprocessing.Queue[str] = context.Queue()
    workers = [
        context.Process(target=_work, args=(tmp_path / "cache", number, failed))
        for number in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(50)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert failed.empty()
    cache = Cache(tmp_path / "cache", LIMIT)
    assert sum(cache.path(key).stat().st_size for key in kept(cache)) <= LIMIT

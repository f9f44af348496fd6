"""The same contract under both servers: the built-in one, and uvicorn with a worker beside it."""

import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import media
from tests.functional import pages
from tests.servers.app import RunningServer
from tests.servers.live import Listener, Program
from tests.servers.memory import resident

pytestmark = [pytest.mark.functional, pytest.mark.slow, pytest.mark.timeout(180)]

MIB = 1 << 20
BIG_BYTES = 256 * MIB
# What a server may grow by while a big file passes through it.
ROOM_BYTES = 48 * MIB


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """Each server in turn."""
    folder = tmp_path_factory.mktemp(request.param) / "data"
    with RunningServer(folder, kind=request.param) as server:
        yield server


@pytest.fixture(scope="module")
def clip(program: Program) -> dict[str, Any]:
    """An uploaded video of 100 frames."""
    return program.ready(program.upload(media.numbered(), "수업 1.mp4"))


def big(folder: Path) -> Path:
    """A small video followed by a large empty box, which players skip (ISO/IEC 14496-12, 8.1.2)."""
    path = folder / "big.mp4"
    head = media.numbered().read_bytes()
    with path.open("wb") as file:
        file.write(head + struct.pack(">I4s", BIG_BYTES, b"free"))
        file.truncate(len(head) + BIG_BYTES)
    return path


def test_an_upload_arrives_whole(program: Program, clip: dict[str, Any], tmp_path: Path) -> None:
    kept = program.download(clip["sourceUrl"], tmp_path / "kept.mp4")
    assert kept.read_bytes() == media.numbered().read_bytes()
    assert (clip["name"], clip["duration"], clip["width"]) == ("수업 1.mp4", 4.0, 64)


def test_a_range_is_answered_with_just_that_part(program: Program, clip: dict[str, Any]) -> None:
    whole = media.numbered().read_bytes()
    for asked, first, last in (
        ("0-99", 0, 99),
        ("100-", 100, len(whole) - 1),
        ("-50", len(whole) - 50, len(whole) - 1),
    ):
        answer = program.http.get(clip["sourceUrl"], headers={"Range": f"bytes={asked}"})
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
        assert answer.content == whole[first : last + 1]


def test_a_range_past_the_end_is_416(program: Program, clip: dict[str, Any]) -> None:
    answer = program.http.get(clip["sourceUrl"], headers={"Range": "bytes=999999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{media.numbered().stat().st_size}"


def test_head_gives_the_size_and_sends_nothing(program: Program, clip: dict[str, Any]) -> None:
    answer = program.http.head(clip["sourceUrl"])
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == media.numbered().stat().st_size
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.content == b""


def test_an_unchanged_file_is_not_sent_again(program: Program, clip: dict[str, Any]) -> None:
    first = program.http.head(clip["sourceUrl"])
    again = program.http.get(clip["sourceUrl"], headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_a_trim_is_followed_live_from_start_to_end(
    site: RunningServer, program: Program, clip: dict[str, Any], tmp_path: Path
) -> None:
    with Listener(site, clip["id"]) as listener:
        task_id = program.trim(clip["id"], 1, 3, "exact")["taskId"]
        complete = listener.wait("complete", taskId=task_id)
        said = listener.of_task(task_id)
    percents = [item.data["percent"] for item in said if item.type == "progress"]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    # A worker in a process of its own is looked at twice a second: its first steps may be skipped.
    assert percents[0] == 0 or site.kind == "uvicorn"
    assert [item.type for item in said[-2:]] == ["progress", "complete"]
    seqs = [item.data["seq"] for item in said]
    assert seqs == sorted(set(seqs))
    answer = program.http.head(complete.data["outputUrl"])
    assert (
        "filename*=UTF-8''%EC%88%98%EC%97%85%201_trimmed.mp4"
        in answer.headers["content-disposition"]
    )
    kept = program.download(complete.data["outputUrl"], tmp_path / "cut.mp4")
    assert media.frame_numbers(kept) == list(range(25, 75))


def test_two_equal_requests_are_two_tasks_or_one_under_the_same_key(
    program: Program, clip: dict[str, Any]
) -> None:
    tasks = [program.trim(clip["id"], 0, 1)["taskId"] for _ in range(2)]
    keyed = [
        program.trim(clip["id"], 0, 1, **{"Idempotency-Key": "k1"})["taskId"] for _ in range(2)
    ]
    assert len({*tasks, *keyed}) == 3
    for task_id in {*tasks, *keyed}:
        assert program.ended(task_id)["status"] == "complete"


def test_a_page_of_another_site_can_do_nothing(site: RunningServer, clip: dict[str, Any]) -> None:
    wanted = {"videoId": clip["id"], "startTime": 0, "endTime": 1}
    answer = httpx.post(
        f"{site.base_url}/api/edit/trim", json=wanted, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    assert httpx.get(site.base_url, headers={"Host": "evil.example"}).status_code == 400


def test_big_files_pass_through_in_little_memory(
    site: RunningServer, program: Program, tmp_path: Path
) -> None:
    path = big(tmp_path)
    before = resident(site.pid)
    video = program.ready(program.upload(path), seconds=120)
    after_upload = resident(site.pid)
    with program.http.stream("GET", video["sourceUrl"]) as answer:
        arriving = answer.iter_bytes(MIB)
        received = len(next(arriving))
        time.sleep(1.5)
        while_stalled = resident(site.pid)
        received += sum(len(chunk) for chunk in arriving)
    assert received == path.stat().st_size
    assert max(after_upload, while_stalled, resident(site.pid)) - before < ROOM_BYTES


def test_a_file_of_the_library_is_not_changed_by_an_edit(
    program: Program, clip: dict[str, Any], tmp_path: Path
) -> None:
    program.ended(program.trim(clip["id"], 1, 2)["taskId"])
    kept = program.download(clip["sourceUrl"], tmp_path / "again.mp4")
    assert kept.read_bytes() == media.numbered().read_bytes()
    assert pages.frames(kept) == media.FRAMES

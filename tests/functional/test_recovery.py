"""A server that stops or dies in the middle of an edit: the edit finishes, once."""

import os
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.clips import bunny
from tests.functional import pages
from tests.servers.app import RunningServer
from tests.servers.fixtures import StartServer
from tests.servers.live import Listener, Program, wait_for
from vrewcraft.env import SERVERS

pytestmark = [pytest.mark.functional, pytest.mark.slow, pytest.mark.timeout(300)]

FRAMES = 5 * 25
GONE_SECONDS = 3
EMPTY_SECONDS = 30


def rows(server: RunningServer, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What a query finds in the server's database, which is only read."""
    database = sqlite3.connect(f"file:{server.data_dir / 'db.sqlite3'}?mode=ro", uri=True)
    try:
        return database.execute(query, values).fetchall()
    finally:
        database.close()


def attempts(server: RunningServer, task_id: str) -> list[str]:
    """How each attempt of a task ended, the first one first."""
    query = "select outcome from videos_attempt where task_id = ? order by number"
    return [outcome for (outcome,) in rows(server, query, task_id.replace("-", ""))]


def outputs(server: RunningServer, task_id: str) -> int:
    """How many files a task has published."""
    query = "select count(*) from videos_output where task_id = ?"
    return int(rows(server, query, task_id.replace("-", ""))[0][0])


def children_at_work(server: RunningServer) -> list[str]:
    """Command lines of processes that work in the server's folder."""
    folder, found = str(server.data_dir), []
    for each in Path("/proc").iterdir():
        if each.name.isdecimal() and int(each.name) != os.getpid():
            try:
                words = (
                    (each / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
                inside = str((each / "cwd").readlink()).startswith(folder)
            except OSError:
                continue
            if inside or f"{folder}/work" in words:
                found.append(words)
    return found


def gone(server: RunningServer) -> bool:
    """Whether nothing works in the server's folder any more."""
    return not children_at_work(server)


def left_in_work(server: RunningServer) -> list[Path]:
    """Files and folders that attempts left behind."""
    work = server.data_dir / "work"
    return list(work.iterdir()) if work.exists() else []


def long_clip(program: Program) -> str:
    """A video whose exact trim takes seconds."""
    video_id = program.upload(bunny())
    program.ready(video_id)
    return video_id


def only_once(server: RunningServer, program: Program, task: dict[str, Any], folder: Path) -> None:
    """One file, whole, and nothing left over."""
    assert task["status"] == "complete", task
    assert outputs(server, task["id"]) == 1
    path = program.download(task["outputs"][0]["url"], folder / "kept.mp4")
    assert pages.frames(path) == FRAMES
    published = list((server.data_dir / "library" / "outputs" / task["id"]).rglob("*.mp4"))
    assert len(published) == 1
    wait_for(lambda: not left_in_work(server), EMPTY_SECONDS, "empty work folders")
    assert gone(server)


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_an_edit_survives_kill_9_and_finishes_once(
    start_server: StartServer, tmp_path: Path, kind: Any
) -> None:
    server = start_server(kind=kind)
    with Program(server) as program:
        task_id = program.trim(long_clip(program), 0, 5, "exact")["taskId"]
        program.under_way(task_id, percent=10)
        assert children_at_work(server)
        server.kill9()
        wait_for(lambda: gone(server), GONE_SECONDS, "the end of ffmpeg")
        server.start()
        task = program.ended(task_id, seconds=120)
        assert attempts(server, task_id) == ["lost", "complete"]
        assert task["attempt"] == 2
        only_once(server, program, task, tmp_path)


@pytest.mark.parametrize("name", SERVERS)
def test_a_stop_gives_the_edit_back_and_the_next_start_finishes_it(
    start_server: StartServer, tmp_path: Path, name: str
) -> None:
    server = start_server(env={"VREWCRAFT_SERVER": name})
    with Program(server) as program:
        video_id = long_clip(program)
        task_id = program.trim(video_id, 0, 5, "exact")["taskId"]
        with Listener(server, video_id) as listener:
            program.under_way(task_id, percent=10)
            assert server.stop() == [0]
            # Sockets are closed after the worker has stopped.
            listener.wait("task", taskId=task_id, status="pending", seconds=5)
        assert gone(server)
        assert attempts(server, task_id) == ["shutdown"]
        assert rows(
            server, "select status from videos_task where id = ?", task_id.replace("-", "")
        )[0] == ("pending",)
        server.start()
        task = program.ended(task_id, seconds=120)
        assert attempts(server, task_id) == ["shutdown", "complete"]
        only_once(server, program, task, tmp_path)


@pytest.mark.browser
def test_an_open_page_recovers_by_itself(
    page: Page, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server()
    pages.open_library(page, server.base_url)
    pages.choose(page, bunny())
    page.wait_for_url("**/videos/*/")
    pages.workbench(page)
    page.evaluate("window.neverReloaded = true")
    card = pages.trim(page, 0, 5)
    task_id = str(card.get_attribute("data-task-id"))
    with Program(server) as program:
        program.under_way(task_id, percent=10)
        server.stop()
        status = page.locator("connection-status")
        status.get_by_text("Reconnecting... your jobs keep running").wait_for(timeout=5_000)
        assert page.locator("trim-form button[type=submit]").is_disabled()
        time.sleep(1)
        server.start()
        pages.connected(page, within_ms=20_000)
        pages.ended(card)
        assert page.evaluate("window.neverReloaded")
        only_once(server, program, program.task(task_id), tmp_path)


@pytest.mark.browser
def test_a_bar_is_dimmed_and_keeps_its_value_while_the_server_is_gone(
    page: Page, start_server: StartServer
) -> None:
    server = start_server()
    pages.open_library(page, server.base_url)
    pages.choose(page, bunny())
    page.wait_for_url("**/videos/*/")
    pages.workbench(page)
    card = pages.trim(page, 0, 5)
    percent = card.locator("[data-part=bar-percent]")
    track = card.locator("[data-part=bar-track]")
    with Program(server) as program:
        program.under_way(str(card.get_attribute("data-task-id")), percent=20)
    expect(percent).to_have_text(re.compile(r"[2-9]\d%"), timeout=10_000)
    server.kill9()
    expect(page.locator("connection-status")).to_have_attribute(
        "data-state", "disconnected", timeout=10_000
    )
    shown = percent.inner_text()
    assert float(track.evaluate("bar => getComputedStyle(bar).opacity")) < 0.5
    time.sleep(1)
    assert percent.inner_text() == shown
    server.start()
    pages.connected(page, within_ms=20_000)
    assert float(track.evaluate("bar => getComputedStyle(bar).opacity")) == 1
    pages.ended(card)


@pytest.mark.browser
def test_cancelling_on_the_page_ends_ffmpeg_and_publishes_nothing(
    page: Page, start_server: StartServer
) -> None:
    server = start_server()
    pages.open_library(page, server.base_url)
    pages.choose(page, bunny())
    page.wait_for_url("**/videos/*/")
    pages.workbench(page)
    card = pages.trim(page, 0, 5)
    task_id = str(card.get_attribute("data-task-id"))
    with Program(server) as program:
        program.under_way(task_id, percent=5)
        card.get_by_role("button", name="Cancel").click()
        wait_for(lambda: gone(server), GONE_SECONDS, "the end of ffmpeg")
        pages.ended(card, "cancelled", within_ms=3_000)
        assert outputs(server, task_id) == 0
        assert attempts(server, task_id) == ["cancelled"]
        assert not (server.data_dir / "library" / "outputs" / task_id).exists()
        wait_for(lambda: not left_in_work(server), EMPTY_SECONDS, "empty work folders")
        card.get_by_role("button", name="Retry").click()
        pages.ended(card)
        assert outputs(server, task_id) == 1

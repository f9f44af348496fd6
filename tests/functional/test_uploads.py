"""Uploads in a real browser: cut off, paused, several at once, seen from elsewhere."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page, expect

from tests.clips import bunny
from tests.functional import pages
from tests.servers.app import RunningServer
from tests.servers.fixtures import StartServer
from tests.servers.live import Program, wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.functional,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

MIB = 1024 * 1024
# Bytes a second: slow enough to be interrupted, quick enough for a test.
SLOW = 2 * MIB
SOON_MS = 30_000


def film(folder: Path, name: str = "강의.mp4", size: int = 12 * MIB) -> Path:
    """A real film with `size` bytes after it, which players and probes skip."""
    path = folder / name
    free = size.to_bytes(4, "big") + b"free" + os.urandom(size - 8)
    path.write_bytes(bunny().read_bytes() + free)
    return path


@cache
def devtools(page: Page) -> CDPSession:
    """One session for each page: what one sets, another does not undo."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


def line(page: Page, bytes_per_second: int = -1, *, offline: bool = False) -> None:
    """Make the page's line slow, cut it, or leave it as it is."""
    session = devtools(page)
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1}
    session.send(
        "Network.emulateNetworkConditions", {**conditions, "uploadThroughput": bytes_per_second}
    )


def row(page: Page, name: str = "강의.mp4") -> Locator:
    """The row of a file."""
    return page.locator("upload-row", has=page.get_by_text(name, exact=True))


def percent(where: Locator) -> int:
    """The percent that a person reads."""
    text = where.locator("[data-part=bar-percent]").inner_text()
    return int(text.rstrip("%")) if text else 0


def reaches(where: Locator, least: int, seconds: float = 60) -> None:
    """Wait until it has come that far."""
    wait_for(lambda: percent(where) >= least, seconds, f"{least} percent")


def in_mid_upload(page: Page, path: Path) -> Locator:
    """A file on its way, a good part of it there, and far from its end."""
    line(page, SLOW)
    pages.choose(page, path)
    reaches(row(page), 20)
    return row(page)


def kept(server: RunningServer, video_id: str) -> bytes:
    """The digest of a source in the server's library."""
    (path,) = (server.data_dir / "library" / "sources" / video_id).rglob("source*")
    return hashlib.sha256(path.read_bytes()).digest()


def arrives(page: Page, server: RunningServer, path: Path) -> None:
    """The browser goes to the video's page; the file in the library is the same."""
    page.wait_for_url("**/videos/*/", timeout=60_000)
    pages.workbench(page)
    (video_id,) = re.findall(r"/videos/([0-9a-f-]{36})/", page.url)
    assert kept(server, video_id) == hashlib.sha256(path.read_bytes()).digest()


@pytest.fixture
def window(page: Page, site: RunningServer, program: Program) -> Iterator[Page]:
    """The library, with nothing in it."""
    for video in program.http.get("/api/videos").json()["videos"]:
        program.http.delete(f"/api/videos/{video['id']}")
    pages.open_library(page, site.base_url)
    yield page
    page.evaluate("window.onbeforeunload = null")


def leave(page: Page) -> None:
    """Reload as somebody who confirms that they want to."""
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    pages.connected(page)


def test_a_reload_loses_nothing(window: Page, site: RunningServer, tmp_path: Path) -> None:
    path = film(tmp_path)
    before = percent(in_mid_upload(window, path))
    leave(window)
    left = row(window)
    expect(left).to_contain_text("Choose or drop the same file to resume")
    there = percent(left)
    assert there >= before
    line(window, SLOW)
    pages.choose(window, path)
    reaches(left, there + 5)
    expect(window.locator("upload-row")).to_have_count(1)
    line(window)
    arrives(window, site, path)


def test_an_upload_of_an_earlier_visit_can_be_given_up(
    window: Page, site: RunningServer, program: Program, tmp_path: Path
) -> None:
    in_mid_upload(window, film(tmp_path))
    leave(window)
    row(window).get_by_role("button", name="Cancel").click()
    expect(window.locator("upload-row")).to_have_count(0)
    expect(window.get_by_role("link", name="강의.mp4")).to_have_count(0, timeout=SOON_MS)
    window.reload()
    expect(window.locator("upload-row")).to_have_count(0)
    assert program.http.get("/api/videos").json()["videos"] == []


def test_a_lost_network_is_waited_out(window: Page, site: RunningServer, tmp_path: Path) -> None:
    path = film(tmp_path)
    going = in_mid_upload(window, path)
    line(window, offline=True)
    expect(going).to_contain_text("Connection lost. The upload will resume automatically.")
    stood = percent(going)
    window.wait_for_timeout(1500)
    assert percent(going) == stood
    line(window)
    arrives(window, site, path)


def test_a_restart_of_the_server_is_waited_out(
    page: Page, start_server: StartServer, tmp_path: Path
) -> None:
    server, path = start_server(), film(tmp_path)
    pages.open_library(page, server.base_url)
    going = in_mid_upload(page, path)
    server.kill9()
    expect(going).to_contain_text("Connection lost", timeout=SOON_MS)
    server.start()
    line(page)
    arrives(page, server, path)


def test_it_pauses_and_goes_on(window: Page, site: RunningServer, tmp_path: Path) -> None:
    path = film(tmp_path)
    going = in_mid_upload(window, path)
    expect(going.locator("[data-part=pace]")).to_contain_text("per second")
    going.get_by_role("button", name="Pause").click()
    expect(going).to_contain_text("Paused")
    expect(going.get_by_role("button", name="Resume")).to_be_focused()
    window.wait_for_timeout(500)
    stood = percent(going)
    window.wait_for_timeout(1500)
    assert percent(going) == stood
    going.get_by_role("button", name="Resume").click()
    line(window)
    arrives(window, site, path)


def test_cancelling_leaves_nothing_behind(
    window: Page, site: RunningServer, program: Program, tmp_path: Path
) -> None:
    going = in_mid_upload(window, film(tmp_path))
    going.get_by_role("button", name="Cancel").click()
    expect(window.locator("upload-row")).to_have_count(0)
    incoming = site.data_dir / "incoming"
    wait_for(lambda: not list(incoming.glob("*.tus")), 40, "the end of the part file")
    assert program.http.get("/api/videos").json()["videos"] == []


def test_three_files_at_once(
    window: Page, site: RunningServer, program: Program, tmp_path: Path
) -> None:
    files = [film(tmp_path, f"{name}.mp4", 2 * MIB) for name in ("하나", "둘", "셋")]
    window.locator("input[type=file]").set_input_files(files)
    expect(window.locator("upload-row")).to_have_count(3)
    expect(window.locator("upload-row[data-state=complete]")).to_have_count(3, timeout=60_000)
    for path in files:
        expect(window.get_by_role("link", name=path.name)).to_be_visible(timeout=SOON_MS)
    found = {each["name"]: each["id"] for each in program.http.get("/api/videos").json()["videos"]}
    for path in files:
        assert kept(site, found[path.name]) == hashlib.sha256(path.read_bytes()).digest()


def test_another_window_sees_the_percent_rise(
    window: Page, context: BrowserContext, site: RunningServer, tmp_path: Path
) -> None:
    other = context.new_page()
    pages.open_library(other, site.base_url)
    path = film(tmp_path)
    line(window, SLOW)
    pages.choose(window, path)
    card = other.locator("article", has=other.get_by_role("link", name=path.name))
    expect(card).to_contain_text("Uploading", timeout=SOON_MS)
    expect(other.locator("upload-row")).to_have_count(0)
    seen = []
    for least in (10, 30, 50):
        reaches(card, least)
        seen.append(percent(card))
    assert seen == sorted(seen)
    other.get_by_role("link", name=path.name).click()
    there = other.locator("active-bar")
    expect(there).to_contain_text("Uploading")
    line(window)
    pages.workbench(other)
    arrives(window, site, path)


def test_a_file_over_the_limit_and_a_folder_say_so_and_others_go_on(
    page: Page, start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(env={"VREWCRAFT_UPLOAD_LIMIT": str(4 * MIB)})
    pages.open_library(page, server.base_url)
    large, small = film(tmp_path, "large.mp4", 5 * MIB), film(tmp_path, "small.mp4", MIB)
    page.locator("input[type=file]").set_input_files([large, small])
    expect(row(page, "large.mp4")).to_contain_text("This file exceeds the upload limit of 4.0 MB")
    expect(row(page, "small.mp4")).to_have_attribute("data-state", "complete", timeout=SOON_MS)
    row(page, "large.mp4").get_by_role("button", name="Dismiss").click()
    expect(row(page, "large.mp4")).to_have_count(0)


def test_the_same_in_korean(browser: Browser, site: RunningServer, tmp_path: Path) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    pages.open_library(page, site.base_url)
    path = film(tmp_path)
    going = in_mid_upload(page, path)
    going.get_by_role("button", name="일시 정지").click()
    expect(going).to_contain_text("일시 정지됨")
    going.get_by_role("button", name="재개").click()
    line(page)
    arrives(page, site, path)
    context.close()


def test_rows_have_no_serious_faults_of_accessibility(window: Page, tmp_path: Path) -> None:
    going = in_mid_upload(window, film(tmp_path))
    assert pages.serious_faults(window) == []
    going.get_by_role("button", name="Pause").click()
    expect(going).to_contain_text("Paused")
    assert pages.serious_faults(window) == []
    going.get_by_role("button", name="Cancel").click()

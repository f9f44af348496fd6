"""Files that are no good, dropped in the browser: a sentence that can be read, and nothing lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests import media
from tests.functional import pages
from tests.servers.app import RunningServer
from tests.servers.fixtures import StartServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.functional,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def nothing() -> bytes:
    return b""


def noise() -> bytes:
    return bytes((7 * n * n + 13 * n) % 251 for n in range(50_000))


def sound() -> bytes:
    return media.sound_only().read_bytes()


def truncated() -> bytes:
    return media.cut(media.index_at_the_end(), 0.6)


def playlist() -> bytes:
    return PLAYLIST.encode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (nothing, "The file is empty."),
        (noise, "This file is not a readable video."),
        (sound, "This file has sound but no picture."),
        (truncated, "The file is incomplete: its end is missing."),
        (playlist, "This file is a list of other files, not a video."),
    ],
)
def test_the_page_says_what_is_wrong_and_what_to_do(
    page: Page,
    site: RunningServer,
    tmp_path: Path,
    content: Callable[[], bytes],
    sentence: str,
) -> None:
    path = tmp_path / "holiday.mp4"
    path.write_bytes(content())
    pages.open_library(page, site.base_url)
    pages.drop(page, path)
    page.wait_for_url("**/videos/*/")
    notice = page.locator(".notice--bad")
    expect(notice).to_contain_text(sentence, timeout=pages.READY_MS)
    expect(notice.locator(".notice__remedy")).not_to_be_empty()
    expect(page.locator("trim-form")).to_have_count(0)


def test_a_file_over_the_limit_is_refused_where_it_was_dropped(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(env={"VREWCRAFT_UPLOAD_LIMIT": "1000"})
    pages.open_library(page, server.base_url)
    pages.drop(page, media.numbered())
    row = page.locator("upload-row")
    expect(row).to_contain_text("This file exceeds the upload limit of 1000 bytes")
    row.get_by_role("button", name="Dismiss").click()
    expect(row).to_have_count(0)
    assert page.url == f"{server.base_url}/"


def test_a_good_file_beside_a_bad_one_still_arrives(
    page: Page, start_server: StartServer, tmp_path: Path
) -> None:
    bad = tmp_path / "noise.mp4"
    bad.write_bytes(noise())
    server = start_server()
    pages.open_library(page, server.base_url)
    pages.drop(page, bad, media.numbered())
    cards = page.locator(".video-card")
    expect(cards.filter(has_text="noise.mp4")).to_contain_text("Cannot be read", timeout=30_000)
    expect(cards.filter(has_text="numbered.mp4")).to_contain_text("64 × 48", timeout=30_000)


def test_a_name_is_shown_as_text(page: Page, site: RunningServer, tmp_path: Path) -> None:
    path = tmp_path / "<img src=x onerror=alert(1)>.mp4"
    path.write_bytes(media.numbered().read_bytes())
    alerts: list[str] = []

    def closed(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", closed)
    pages.open_library(page, site.base_url)
    pages.drop(page, path)
    page.wait_for_url("**/videos/*/")
    pages.workbench(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(path.name)
    assert alerts == []

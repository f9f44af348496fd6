"""Deleting on the pages, and undoing it within ten seconds."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import media
from tests.clips import bunny
from tests.functional import pages
from tests.servers.app import RunningServer
from tests.servers.live import Program, wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.functional,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

GONE_MS = 3_000
PURGE_SECONDS = 30
UNDO_SECONDS = 10


@pytest.fixture
def video_id(program: Program) -> str:
    """A video of this test alone."""
    video_id = program.upload(media.numbered(), "talk.mp4")
    program.ready(video_id)
    return video_id


@pytest.fixture
def library(page: Page, site: RunningServer, video_id: str) -> Page:
    """The library with the video in it."""
    pages.open_library(page, site.base_url)
    return page


def card(page: Page, video_id: str) -> Locator:
    """The video's card in the library."""
    return page.locator(f'li[data-video-id="{video_id}"]')


def delete(page: Page, video_id: str) -> None:
    """Press its delete button."""
    card(page, video_id).hover()
    card(page, video_id).get_by_role("button", name="Delete talk.mp4").click()


def undo(page: Page) -> Locator:
    """The button that takes it back."""
    return page.get_by_role("button", name="Undo")


def files_of(site: RunningServer, *keys: str) -> list[Path]:
    """Every file that lies in a folder of one of these ids; folders may vanish meanwhile."""
    walked = os.walk(site.data_dir / "library")
    found = (Path(folder, name) for folder, _, names in walked for name in names)
    return sorted(path for path in found if set(keys) & set(path.parts))


def test_an_undo_brings_the_card_and_the_files_back(
    library: Page, site: RunningServer, program: Program, video_id: str
) -> None:
    second = library.context.new_page()
    pages.open_library(second, site.base_url)
    task = program.ended(program.trim(video_id, 0.5, 1.5)["taskId"])
    before = files_of(site, video_id, task["id"])
    assert len(before) >= 2
    delete(library, video_id)
    for window in (library, second):
        expect(card(window, video_id)).to_be_hidden(timeout=GONE_MS)
    notice = library.locator("undo-notice")
    expect(notice).to_contain_text("talk.mp4 was deleted.")
    expect(second.locator("undo-notice")).to_have_count(0)
    found = re.search(r"Undo \((\d+) s\)", notice.inner_text())
    assert found
    assert 1 <= int(found[1]) <= UNDO_SECONDS
    assert pages.serious_faults(library) == []
    undo(library).click()
    for window in (library, second):
        expect(card(window, video_id)).to_be_visible(timeout=GONE_MS)
    expect(notice).to_have_count(0)
    assert program.http.get(f"/api/videos/{video_id}").status_code == 200
    assert files_of(site, video_id, task["id"]) == before


def test_without_an_undo_the_files_are_gone_from_disk(
    library: Page, site: RunningServer, program: Program, video_id: str
) -> None:
    task = program.ended(program.trim(video_id, 0.5, 1.5)["taskId"])
    assert files_of(site, video_id)
    delete(library, video_id)
    expect(undo(library)).to_have_count(0, timeout=(UNDO_SECONDS + 1) * 1000)
    wait_for(
        lambda: not files_of(site, video_id, task["id"]), PURGE_SECONDS, "the end of the files"
    )
    assert program.http.post(f"/api/videos/{video_id}/restore").status_code == 404
    expect(card(library, video_id)).to_be_hidden()


def test_a_running_edit_of_a_deleted_video_ends(
    library: Page, site: RunningServer, program: Program
) -> None:
    long = program.upload(bunny(), "talk.mp4")
    program.ready(long)
    expect(card(library, long)).to_be_visible(timeout=GONE_MS)
    tasks = [program.trim(long, 0, 5 - n / 10, "exact")["taskId"] for n in range(4)]
    program.under_way(tasks[0])
    delete(library, long)
    wait_for(lambda: not files_of(site, long, *tasks), PURGE_SECONDS, "the end of the files")
    assert all(program.http.get(f"/api/tasks/{task}").status_code == 404 for task in tasks)


def test_by_keyboard_alone_the_focus_is_never_lost(library: Page, video_id: str) -> None:
    card(library, video_id).locator("a").first.focus()
    library.keyboard.press("Tab")
    expect(card(library, video_id).get_by_role("button")).to_be_focused()
    library.keyboard.press("Enter")
    expect(undo(library)).to_be_focused()
    library.keyboard.press("Enter")
    expect(card(library, video_id).locator("a").first).to_be_focused()
    library.keyboard.press("Tab")
    library.keyboard.press("Enter")
    expect(undo(library)).to_be_focused()
    expect(undo(library)).to_have_count(0, timeout=(UNDO_SECONDS + 1) * 1000)
    assert library.evaluate("document.activeElement !== document.body")


def test_a_video_deleted_on_its_page_is_offered_in_the_library(
    page: Page, site: RunningServer, video_id: str
) -> None:
    address = f"{site.base_url}/videos/{video_id}/"
    page.goto(address)
    pages.workbench(page)
    elsewhere = page.context.new_page()
    elsewhere.goto(address)
    pages.workbench(elsewhere)
    page.get_by_role("button", name="Delete this video").click()
    page.wait_for_url(f"{site.base_url}/")
    expect(page.locator("undo-notice")).to_contain_text("talk.mp4 was deleted.")
    expect(card(page, video_id)).to_have_count(0)
    expect(elsewhere.get_by_text("This video was deleted.")).to_be_visible(timeout=GONE_MS)
    expect(elsewhere.get_by_role("link", name="Back to the library")).to_be_visible()
    expect(elsewhere.locator("trim-form")).to_be_hidden()
    assert pages.serious_faults(elsewhere) == []
    undo(page).click()
    expect(card(page, video_id)).to_be_visible(timeout=GONE_MS)
    expect(elsewhere.locator("trim-form")).to_be_visible(timeout=GONE_MS)
    expect(elsewhere.get_by_text("This video was deleted.")).to_be_hidden()


def test_results_go_one_by_one_or_together(
    page: Page, site: RunningServer, program: Program, video_id: str
) -> None:
    program.ended(program.edit("thumbnails", video_id, count=3)["taskId"])
    page.goto(f"{site.base_url}/videos/{video_id}/")
    pages.workbench(page)
    results = page.locator("#outputs")
    results.get_by_text("Individual files").click()
    singles = results.locator("details li")
    expect(singles).to_have_count(3)
    singles.first.get_by_role("button").click()
    expect(results.locator("details li:visible")).to_have_count(2, timeout=GONE_MS)
    expect(page.locator("task-card img")).to_have_count(2)
    results.get_by_role("button", name="and 2 individual files").click()
    expect(results.locator("li:visible")).to_have_count(0, timeout=GONE_MS)
    expect(page.locator("undo-notice")).to_have_count(2)
    undo(page).last.click()
    expect(results.get_by_role("link", name=re.compile("zip"))).to_be_visible(timeout=GONE_MS)
    expect(page.locator("task-card img")).to_have_count(2)


def test_what_could_not_be_deleted_is_there_again(library: Page, video_id: str) -> None:
    library.route("**/api/videos/*", lambda route: route.abort())
    delete(library, video_id)
    expect(library.get_by_role("alert")).to_contain_text("talk.mp4 could not be deleted.")
    expect(card(library, video_id)).to_be_visible()
    library.get_by_role("button", name="Dismiss").click()
    expect(library.locator("undo-notice")).to_have_count(0)


def test_a_phone_shows_the_button_at_once(
    browser: Browser, site: RunningServer, video_id: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="ko"
    )
    page = context.new_page()
    pages.open_library(page, site.base_url)
    button = card(page, video_id).locator("delete-button button")
    expect(card(page, video_id).locator("delete-button")).to_have_css("opacity", "1")
    box = button.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    button.tap()
    expect(card(page, video_id)).to_be_hidden(timeout=GONE_MS)
    assert pages.serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("undo-notice form button").tap()
    expect(card(page, video_id)).to_be_visible(timeout=GONE_MS)
    context.close()


def test_without_scripts_the_forms_do_the_same(
    browser: Browser, site: RunningServer, video_id: str
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{site.base_url}/")
    card(page, video_id).get_by_role("button", name="Delete talk.mp4").click()
    expect(card(page, video_id)).to_have_count(0)
    expect(page.locator("undo-notice")).to_contain_text("talk.mp4 was deleted.")
    undo(page).click()
    expect(page).to_have_url(f"{site.base_url}/videos/{video_id}/")
    context.close()

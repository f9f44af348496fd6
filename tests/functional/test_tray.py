"""The jobs tray in the corner of every page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clips import bunny
from tests.functional import pages
from tests.servers.app import RunningServer
from tests.servers.live import Program

pytestmark = [
    pytest.mark.browser,
    pytest.mark.functional,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

SOON_MS = 3_000
# A browser without a screen shows no notifications: it is noted what would be shown.
TOLD = """
window.told = [];
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title) { told.push(title); }
};
"""


@pytest.fixture
def video_id(program: Program) -> str:
    """A video that takes a while to cut."""
    video_id = program.upload(bunny())
    program.ready(video_id)
    return video_id


@pytest.fixture
def jobs(program: Program, video_id: str) -> Iterator[list[str]]:
    """Two edits, one after the other; none is left running."""
    tasks = [program.trim(video_id, 0, end, "exact")["taskId"] for end in (5, 4.5)]
    yield tasks
    for task in tasks:
        program.http.post(f"/api/tasks/{task}/cancel")
        program.ended(task)


def test_it_shows_running_tasks_and_their_end(
    page: Page, site: RunningServer, program: Program, video_id: str
) -> None:
    pages.open_library(page, site.base_url)
    tray = page.get_by_role("region", name="Active jobs")
    expect(tray).to_have_count(0)
    tasks = [program.trim(video_id, 0, end, "exact")["taskId"] for end in (3, 2.5)]
    pill = tray.locator("[aria-expanded]")
    expect(pill).to_have_text(re.compile(r"0 of 2 done · \d+%"), timeout=SOON_MS)
    pill.click()
    expect(tray.get_by_text("Trim 00:00-00:03")).to_be_visible()
    expect(tray.get_by_role("link", name="bigbuckbunny.mp4").first).to_be_visible()
    tray.get_by_role("button", name="Cancel Trim 00:00-00:02.5").click()
    assert program.ended(tasks[1])["status"] == "cancelled"
    expect(tray.get_by_role("button", name="Cancel Trim 00:00-00:02.5")).to_have_count(0)
    program.ended(tasks[0])
    expect(pill).to_have_text("All done", timeout=SOON_MS)
    link = tray.get_by_role("link", name="Download bigbuckbunny_trimmed.mp4")
    expect(link).to_be_visible()
    page.goto(f"{site.base_url}/?again")
    pill.click()
    expect(link).to_be_visible()
    tray.get_by_role("button", name="Clear finished").click()
    expect(tray).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_notification_is_shown_at_the_end_if_enabled(
    browser: Browser, site: RunningServer, program: Program, video_id: str
) -> None:
    context = browser.new_context(permissions=["notifications"])
    page = context.new_page()
    page.add_init_script(TOLD)
    pages.open_library(page, site.base_url)
    task = program.trim(video_id, 0, 3, "exact")["taskId"]
    page.locator(".tray__pill").click(timeout=SOON_MS)
    page.get_by_role("button", name="Notify me when done").click()
    expect(page.get_by_role("button", name="Notify me when done")).to_be_hidden()
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    program.ended(task)
    page.wait_for_function("told.length")
    assert page.evaluate("told") == ["Trim 00:00-00:03: Complete!"]
    context.close()


def test_it_is_used_by_keyboard(page: Page, site: RunningServer, jobs: list[str]) -> None:
    pages.open_library(page, site.base_url)
    pill = page.locator("jobs-tray [aria-expanded]")
    expect(pill).to_be_visible(timeout=SOON_MS)
    pill.focus()
    expect(pill).to_be_focused()
    page.keyboard.press("Enter")
    expect(pill).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="All jobs")).to_be_focused()
    page.keyboard.press("Escape")
    expect(pill).to_be_focused()
    expect(page.locator("#tray-panel")).to_be_hidden()


def test_it_repeats_nothing_that_the_page_shows(
    page: Page, site: RunningServer, program: Program, video_id: str, jobs: list[str]
) -> None:
    page.goto(f"{site.base_url}/jobs/")
    pages.connected(page)
    expect(page.locator("jobs-tray")).to_have_count(0)
    page.goto(f"{site.base_url}/videos/{video_id}/")
    pages.workbench(page)
    expect(page.locator("task-card")).to_have_count(2)
    expect(page.locator("jobs-tray")).to_be_hidden()
    other = program.upload(bunny(), "other.mp4")
    page.goto(f"{site.base_url}/videos/{other}/")
    pages.workbench(page)
    expect(page.locator("jobs-tray")).to_be_visible(timeout=SOON_MS)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_covers_nothing_and_axe_finds_no_fault(
    browser: Browser, site: RunningServer, jobs: list[str], width: int, language: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, locale=language)
    page = context.new_page()
    pages.open_library(page, site.base_url)
    expect(page.locator("jobs-tray")).to_be_visible(timeout=SOON_MS)
    for link in page.locator("main a").all():
        link.focus()
        assert link.evaluate(
            """(link) => {
              const tray = document.querySelector(".tray__pill").getBoundingClientRect();
              const { bottom, right } = link.getBoundingClientRect();
              return bottom <= tray.top || right <= tray.left;
            }"""
        )
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = page.locator("video-grid").bounding_box()
    pill = page.locator(".tray__pill").bounding_box()
    assert last
    assert pill
    assert last["y"] + last["height"] <= pill["y"]
    page.locator(".tray__pill").click()
    assert pages.serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()

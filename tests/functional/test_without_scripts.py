"""With JavaScript off: pages show the state at each load, and every form works."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import media
from tests.clips import bunny
from tests.functional import pages
from tests.servers.app import RunningServer
from tests.servers.fixtures import StartServer
from tests.servers.live import Program

pytestmark = [
    pytest.mark.browser,
    pytest.mark.functional,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, locale="en")
    yield context.new_page()
    context.close()


def video_id(page: Page) -> str:
    """The id in a video page's address."""
    found = re.search(r"/videos/([0-9a-f-]{36})/$", page.url)
    assert found, page.url
    return found[1]


def send(page: Page, address: str, path: Path) -> None:
    """Choose a file and press Upload."""
    page.goto(f"{address}/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Upload").click()


# Of two presses the second ends the navigation of the first, which `wait_for_url` takes amiss.
A_VIDEO = re.compile(r"/videos/[0-9a-f-]{36}/$")


def press_twice(page: Page, name: str) -> None:
    """Press a button a second time before the first is answered; slower than a browser merges."""
    button = page.get_by_role("button", name=name)
    button.click(click_count=2, delay=30, no_wait_after=True)


def test_upload_trim_and_download(
    plain: Page, site: RunningServer, program: Program, tmp_path: Path
) -> None:
    send(plain, site.base_url, bunny())
    video = program.ready(video_id(plain))
    plain.reload()
    plain.locator("#startTime").fill("1")
    plain.locator("#endTime").fill("4")
    plain.locator("input[name=mode][value=exact]").check()
    plain.get_by_role("button", name="Trim").click()
    expect(plain.locator("task-card")).to_have_count(1)
    (task,) = [
        t
        for t in program.http.get(f"/api/videos/{video['id']}").json()["tasks"]
        if t["operation"] == "trim"
    ]
    program.ended(task["id"])
    plain.reload()
    card = plain.locator("task-card")
    expect(card).to_contain_text("✅ Video ready!")
    assert pages.frames(pages.download(plain, card, tmp_path)) == 75


def test_a_double_click_asks_once(plain: Page, site: RunningServer, program: Program) -> None:
    def videos() -> int:
        return len(program.http.get("/api/videos").json()["videos"])

    before = videos()
    plain.goto(f"{site.base_url}/")
    press_twice(plain, "Try a sample")
    expect(plain).to_have_url(A_VIDEO, timeout=30_000)
    assert videos() == before + 1
    found = program.ready(video_id(plain))["id"]
    program.ended(program.trim(found, 10, 30, "exact")["taskId"])
    plain.reload()
    plain.get_by_role("button", name="Trim", exact=True).click()
    cards = plain.locator("task-card").count()
    press_twice(plain, "Create again")
    expect(plain).to_have_url(A_VIDEO, timeout=30_000)
    expect(plain.locator("task-card")).to_have_count(cards + 1)


def test_cancel_and_retry(plain: Page, site: RunningServer, program: Program) -> None:
    send(plain, site.base_url, bunny())
    video = program.ready(video_id(plain))
    task_id = program.trim(video["id"], 0, 5, "exact")["taskId"]
    plain.reload()
    plain.get_by_role("button", name="Cancel").click()
    assert program.ended(task_id)["status"] == "cancelled"
    plain.reload()
    expect(plain.locator("[data-part=status]")).to_contain_text("CANCELLED")
    plain.get_by_role("button", name="Retry").click()
    expect(plain.locator("task-card")).to_have_count(1)
    assert program.ended(task_id)["status"] == "complete"


def test_a_wrong_time_is_said_beside_its_field(
    plain: Page, site: RunningServer, program: Program
) -> None:
    send(plain, site.base_url, media.numbered())
    program.ready(video_id(plain))
    plain.reload()
    plain.locator("#startTime").fill("3")
    plain.locator("#endTime").fill("1")
    plain.get_by_role("button", name="Trim").click()
    expect(plain.locator("#endTime-problem")).to_be_visible()
    expect(plain.locator("#endTime")).to_have_attribute("aria-invalid", "true")
    expect(plain.locator("#startTime")).to_have_value("3")


def test_a_file_over_the_limit_is_refused_on_the_page(
    plain: Page, start_server: StartServer
) -> None:
    server = start_server(env={"VREWCRAFT_UPLOAD_LIMIT": "1000"})
    send(plain, server.base_url, media.numbered())
    expect(plain.get_by_role("alert")).to_contain_text("❌ Error:")
    expect(plain.get_by_role("button", name="Upload")).to_be_visible()


def test_what_needs_scripts_is_not_shown(
    plain: Page, site: RunningServer, program: Program
) -> None:
    send(plain, site.base_url, media.numbered())
    program.ready(video_id(plain))
    plain.reload()
    for button in plain.locator("[data-set-from-player]").all():
        expect(button).to_be_hidden()

"""Every page in both colour schemes: axe finds nothing serious, nothing scrolls sideways."""

from collections.abc import Iterator
from typing import Literal

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


@pytest.fixture(scope="module")
def addresses(program: Program) -> dict[str, str]:
    """A page of each kind, with everything on it: finished, cancelled and failed work."""
    video_id = program.upload(bunny())
    program.ready(video_id)
    cancelled = program.trim(video_id, 0, 5, "exact")["taskId"]
    program.http.post(f"/api/tasks/{cancelled}/cancel")
    program.ended(program.trim(video_id, 1, 4)["taskId"])
    program.ended(cancelled)
    srt = b"1\n00:00:01,000 --> 00:00:02,000\nhello\n"
    files = {"subtitles": ("lines.en.srt", srt)}
    program.http.post(f"/api/videos/{video_id}/subtitles", files=files).raise_for_status()
    program.ended(program.edit("thumbnails", video_id, count=3)["taskId"])
    arriving = _begun(program)
    return {
        "library": "/",
        "arriving": f"/videos/{arriving}/",
        "video": f"/videos/{video_id}/",
        "jobs": "/jobs/",
        "error": "/videos/00000000-0000-0000-0000-000000000000/",
    }


def _begun(program: Program) -> str:
    """The video of an upload that has begun."""
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000000"}
    return (
        program.http.post("/api/uploads/", headers=headers).raise_for_status().headers["Video-Id"]
    )


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    """Both colour schemes."""
    return "dark" if request.param == "dark" else "light"


@pytest.fixture(params=[1280, 390])
def eyes(
    browser: Browser, scheme: Literal["light", "dark"], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A wide screen and a phone."""
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": request.param, "height": 800}, locale="en"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", ["library", "arriving", "video", "jobs", "error"])
def test_nothing_serious_is_found(
    eyes: Page, site: RunningServer, addresses: dict[str, str], name: str
) -> None:
    eyes.goto(site.base_url + addresses[name])
    pages.connected(eyes)
    assert pages.serious_faults(eyes) == []
    assert eyes.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_form_of_a_video_is_without_serious_faults(
    eyes: Page, site: RunningServer, addresses: dict[str, str]
) -> None:
    eyes.goto(site.base_url + addresses["video"])
    pages.workbench(eyes)
    eyes.eval_on_selector_all("details", "all => all.forEach((each) => { each.open = true; })")
    assert pages.serious_faults(eyes) == []
    assert eyes.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_deleted_video_and_its_notice_are_without_serious_faults(
    eyes: Page, site: RunningServer, program: Program
) -> None:
    video_id = _begun(program)
    eyes.goto(f"{site.base_url}/videos/{video_id}/")
    pages.connected(eyes)
    eyes.get_by_role("button", name="Delete this video").click()
    expect(eyes.get_by_role("button", name="Undo")).to_be_visible()
    eyes.goto(f"{site.base_url}/videos/{video_id}/")
    expect(eyes.get_by_text("This video was deleted.")).to_be_visible()
    assert pages.serious_faults(eyes) == []


def test_the_trim_form_can_be_used_by_keyboard(
    page: Page, site: RunningServer, addresses: dict[str, str]
) -> None:
    page.goto(site.base_url + addresses["video"])
    pages.workbench(page)
    page.locator("#startTime").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("2")
    page.locator("#endTime").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("3")
    before = page.locator("task-card").count()
    page.keyboard.press("Enter")
    expect(page.locator("task-card")).to_have_count(before + 1, timeout=3_000)
    pages.ended(page.locator("task-card").first)

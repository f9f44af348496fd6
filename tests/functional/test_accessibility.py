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
    return {
        "library": "/",
        "video": f"/videos/{video_id}/",
        "jobs": "/jobs/",
        "error": "/videos/00000000-0000-0000-0000-000000000000/",
    }


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


@pytest.mark.parametrize("name", ["library", "video", "jobs", "error"])
def test_nothing_serious_is_found(
    eyes: Page, site: RunningServer, addresses: dict[str, str], name: str
) -> None:
    eyes.goto(site.base_url + addresses[name])
    pages.connected(eyes)
    assert pages.serious_faults(eyes) == []
    assert eyes.evaluate("document.documentElement.scrollWidth <= innerWidth")


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

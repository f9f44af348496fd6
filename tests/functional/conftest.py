"""Browser tests: a real Chromium, driven by Playwright.

They run last: while Playwright's synchronous interface is open, an event loop counts as running in
this thread, and neither asynchronous tests nor Django's database would work beside it. So a browser
test reaches the product only over HTTP, on a server of its own (`start_server`).
"""

import os
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers.app import RunningServer
from tests.servers.live import Program

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "test-results"
NAMES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "chromium", "google-chrome")
SWITCHES = [
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
BROWSER_SECONDS = 180
NOT_RUN = pytest.StashKey[bool]()
CALL_REPORT = pytest.StashKey[pytest.TestReport]()


def chromium() -> str | None:
    """The browser to drive: CHROMIUM, else the first that this machine has."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put browser tests last and give them time, or skip them where no browser is found."""
    ours = [item for item in items if item.get_closest_marker("browser")]
    items[:] = [item for item in items if item not in ours] + ours
    found = chromium()
    for item in ours:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(BROWSER_SECONDS))
        if found is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium found"))
    config.stash[NOT_RUN] = bool(ours) and found is None


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say plainly that the browser tests were left out."""
    if config.stash.get(NOT_RUN, False):
        terminalreporter.write_line(
            "browser tests did NOT run: no Chromium found; set CHROMIUM=/path/to/chromium",
            yellow=True,
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh profile in English at 1280 x 800; a picture of each page is kept on failure."""
    context = browser.new_context(locale="en", viewport={"width": 1280, "height": 800})
    yield context
    report = request.node.stash.get(CALL_REPORT, None)
    if report is not None and report.failed:
        keep_screenshots(context, request.node.nodeid)
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One page of the fresh profile."""
    return context.new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember how the test itself went, for the fixtures that end after it."""
    report = yield
    if call.when == "call":
        item.stash[CALL_REPORT] = report
    return report


def keep_screenshots(context: BrowserContext, test: str) -> None:
    """Write one picture per page into the folder of results."""
    SCREENSHOTS.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", test.rpartition("/")[2])
    for number, page in enumerate(context.pages):
        page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png", full_page=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for a file of tests that do not disturb one another."""
    with RunningServer(tmp_path_factory.mktemp("site") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def program(site: RunningServer) -> Iterator[Program]:
    """The owner's API on it."""
    with Program(site) as program:
        yield program

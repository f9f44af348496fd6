"""Take pictures of the pages on a server of their own, with the sample video.

`python scripts/screenshot.py` makes docs/screenshot.png; `--all` takes every page at 390 and
1280 px, dark and light, in both languages, into test-results/pages.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.clips import bikes  # noqa: E402
from tests.functional import pages  # noqa: E402
from tests.functional.conftest import SWITCHES, chromium  # noqa: E402
from tests.servers.app import RunningServer  # noqa: E402
from tests.servers.live import Program  # noqa: E402

README = ROOT / "docs" / "screenshot.png"
FOLDER = ROOT / "test-results" / "pages"
WIDTHS, LANGUAGES = (390, 1280), ("en", "ko")
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PLAYER_AT_SECONDS = 12.4


@dataclass(frozen=True, slots=True)
class Looks:
    """How a page is displayed."""

    width: int
    scheme: Scheme
    language: str


@contextmanager
def window(browser: Browser, looks: Looks) -> Iterator[Page]:
    """A page displayed in one way."""
    context = browser.new_context(
        locale=looks.language,
        color_scheme=looks.scheme,
        viewport={"width": looks.width, "height": 900},
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def sample(page: Page, address: str) -> str:
    """Make the sample video; the address of its page."""
    pages.open_library(page, address)
    page.locator("button[form=sample-form]").click()
    page.wait_for_url("**/videos/*/")
    pages.workbench(page)
    return page.url


def show_frame(page: Page) -> None:
    """Let the player show a picture of the middle."""
    page.evaluate(
        """async (at) => {
          const player = document.querySelector("video");
          if (!player) return;
          const seeked = new Promise((done) => player.addEventListener("seeked", done));
          player.currentTime = at;
          await seeked;
          if (player.readyState < 3) {
            await new Promise((done) => player.addEventListener("canplay", done));
          }
        }""",
        PLAYER_AT_SECONDS,
    )


def readme(browser: Browser, address: str) -> None:
    """The video page with one trim done and one under way."""
    with window(browser, Looks(1280, "light", "en")) as page:
        sample(page, address)
        show_frame(page)
        pages.ended(pages.trim(page, 10, 20, "fast"))
        card = pages.trim(page, 2, 29)
        percent = card.locator("[data-part=bar-percent]")
        expect(percent).to_contain_text("4", timeout=pages.EDIT_MS)
        page.evaluate("scrollTo(0, 0)")
        README.parent.mkdir(exist_ok=True)
        page.screenshot(path=README)
        card.locator("[data-part=cancel] button").click()


def everything(browser: Browser, server: RunningServer) -> None:
    """Every page in every look."""
    addresses = stage(browser, server)
    for width, scheme, language in product(WIDTHS, SCHEMES, LANGUAGES):
        with window(browser, Looks(width, scheme, language)) as page:
            for name, address in addresses.items():
                page.goto(address)
                pages.connected(page)
                if name == "video":
                    show_frame(page)
                name_of_file = f"{name}-{width}-{scheme}-{language}.png"
                page.screenshot(path=FOLDER / name_of_file, full_page=True)


def stage(browser: Browser, server: RunningServer) -> dict[str, str]:
    """A library with videos, finished, failed, cancelled, running and waiting work."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    addresses = {
        "empty": f"{server.base_url}/jobs/?status=error",
        "library": f"{server.base_url}/",
        "jobs": f"{server.base_url}/jobs/",
        "missing": f"{server.base_url}/videos/00000000-0000-0000-0000-000000000000/",
    }
    with window(browser, Looks(1280, "light", "en")) as page:
        pages.open_library(page, server.base_url)
        page.screenshot(path=FOLDER / "newcomer-1280-light-en.png", full_page=True)
        addresses["video"] = sample(page, server.base_url)
    with Program(server) as program, tempfile.TemporaryDirectory() as folder:
        noise = Path(folder, "a rather long name of a file that is not a video at all.mp4")
        noise.write_bytes(bytes(range(256)) * 400)
        addresses["broken"] = f"{server.base_url}/videos/{program.upload(noise)}/"
        program.ready(program.upload(bikes(), "자전거 여행.mp4"))
        video_id = addresses["video"].rstrip("/").rpartition("/")[2]
        program.ended(program.trim(video_id, 10, 20)["taskId"])
        waiting = [program.trim(video_id, 0, end, "exact")["taskId"] for end in (30, 29, 28)]
        program.http.post(f"/api/tasks/{waiting[2]}/cancel")
        program.under_way(waiting[0], percent=5)
    return addresses


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every page in every look")
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="vrewcraft-screenshot-") as folder,
        RunningServer(Path(folder) / "data") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        if wanted.all:
            everything(browser, server)
        else:
            readme(browser, server.base_url)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

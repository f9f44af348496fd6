"""The pages as a person finds her way in them: by words and roles, not by their code."""

import re
import time
from pathlib import Path

import av
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Download, Locator, Page, expect

READY_MS = 120_000
EDIT_MS = 120_000
DOWNLOAD_SECONDS = 20
SERIOUS = {"serious", "critical"}
# In the middle of a transition colours are what nobody looks at; what never ends is left alone.
SETTLED = """Promise.allSettled(document.getAnimations()
  .filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime))
  .map((each) => each.finished))"""


def open_library(page: Page, address: str) -> None:
    """The library, once it hears the server."""
    page.goto(f"{address}/")
    connected(page)


def connected(page: Page, within_ms: float = READY_MS) -> None:
    """Wait until the page says that it is connected."""
    expect(page.locator("connection-status")).to_have_attribute(
        "data-state", "connected", timeout=within_ms
    )


def choose(page: Page, path: Path) -> None:
    """Give a file to the page."""
    page.locator("input[type=file]").set_input_files(path)


def drop(page: Page, *paths: Path, kind: str = "video/mp4") -> None:
    """Let go of files over the page, as from a file manager."""
    transfer = page.evaluate_handle(
        """([files, type]) => {
          const transfer = new DataTransfer();
          for (const [bytes, name] of files) {
            transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
          }
          return transfer;
        }""",
        [[[list(path.read_bytes()), path.name] for path in paths], kind],
    )
    page.dispatch_event("upload-drop", "dragover", {"dataTransfer": transfer})
    page.dispatch_event("upload-drop", "drop", {"dataTransfer": transfer})


def workbench(page: Page) -> None:
    """Wait until the video can be edited and the page is connected."""
    expect(page.locator("trim-form")).to_be_visible(timeout=READY_MS)
    connected(page)


def trim(page: Page, start: float, end: float, mode: str = "exact") -> Locator:
    """Fill the form and press its button; the card of the task that appears."""
    before = page.locator("task-card").count()
    page.locator("#startTime").fill(f"{start:g}")
    page.locator("#endTime").fill(f"{end:g}")
    page.locator(f"input[name=mode][value={mode}]").check()
    button = page.locator("trim-form button[type=submit]")
    expect(button).to_be_enabled()
    button.click()
    expect(page.locator("task-card")).to_have_count(before + 1, timeout=3_000)
    return page.locator("task-card").first


def ended(card: Locator, status: str = "complete", within_ms: float = EDIT_MS) -> None:
    """Wait for the end of a task on the page."""
    expect(card).to_have_attribute("data-status", status, timeout=within_ms)


def percents_until_complete(card: Locator, seconds: float = EDIT_MS / 1000) -> list[int]:
    """Every percent that a person can read on a card until it is complete."""
    seen: list[int] = []
    deadline = time.monotonic() + seconds
    while card.get_attribute("data-status") != "complete":
        assert time.monotonic() < deadline, f"not complete; seen: {seen}"
        text = card.locator("[data-part=bar-percent]").inner_text()
        found = re.fullmatch(r"(\d+)%", text)
        if found and card.get_attribute("data-status") == "processing":
            seen.append(int(found[1]))
        time.sleep(0.1)
    return seen


def download(page: Page, card: Locator, folder: Path) -> Path:
    """Press Download and keep the file under the name that the browser would give it."""
    link = card.locator("[data-part=download]")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener")
    found: list[Download] = []

    def keep(started: Download) -> None:
        found.append(started)

    # The link opens a tab of its own, which the browser closes as soon as the download starts.
    page.context.on("page", lambda tab: tab.on("download", keep))
    page.on("download", keep)
    link.click()
    deadline = time.monotonic() + DOWNLOAD_SECONDS
    while not found:
        assert time.monotonic() < deadline, "no download began"
        page.wait_for_timeout(50)
    path = folder / found[0].suggested_filename
    found[0].save_as(path)
    return path


def serious_faults(page: Page) -> list[str]:
    """What axe finds that keeps people out, once the page has come to rest."""
    page.evaluate(SETTLED)
    return [
        f"{item['id']}: {item['help']} {[node['html'] for node in item['nodes']]}"
        for item in Axe().run(page).response["violations"]
        if item["impact"] in SERIOUS
    ]


def frames(path: Path) -> int:
    """How many pictures the file shows; each is decoded."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))

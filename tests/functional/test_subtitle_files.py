"""Subtitle files on the page of a video, from the file to the burned picture."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

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

SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\n안녕하세요, 여러분\n\n"
    "2\n00:00:03,000 --> 00:00:04,500\n오늘은 行列을 배웁니다\n"
)
ENGLISH = SRT.replace("안녕하세요, 여러분", "Hello, everybody").replace(
    "오늘은 行列을 배웁니다", "Matrices today"
)
SOON_MS = 15_000


def written(folder: Path, name: str, text: str = SRT, encoding: str = "cp949") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def address(site: RunningServer, program: Program) -> str:
    """The page of a video that is ready."""
    video_id = program.upload(bunny())
    program.ready(video_id)
    return f"{site.base_url}/videos/{video_id}/"


@pytest.fixture
def window(page: Page, address: str) -> Page:
    page.goto(address)
    pages.workbench(page)
    return page


def add(page: Page, *files: Path) -> Locator:
    """Choose subtitle files; the rows that there are then."""
    page.locator("subtitle-files input[type=file]").set_input_files(files[0])
    return page.locator("subtitle-files li[data-file-id]")


def form(page: Page, operation: str) -> Locator:
    """An edit's form, opened."""
    found = page.locator(f"operation-form[data-operation={operation}]")
    if found.locator("details").get_attribute("open") is None:
        found.locator("summary").click()
    return found


def press(page: Page, operation: str) -> Locator:
    """Press an edit's button; the card of its task."""
    before = page.locator("task-card").count()
    form(page, operation).locator("button[type=submit]").click()
    expect(page.locator("task-card")).to_have_count(before + 1, timeout=5_000)
    return page.locator("task-card").first


def test_korean_subtitles_of_an_older_program_are_burned_in(window: Page, tmp_path: Path) -> None:
    rows = add(window, written(tmp_path, "강의.srt"))
    expect(rows).to_have_count(1, timeout=SOON_MS)
    expect(rows).to_contain_text("안녕하세요, 여러분")
    expect(rows).to_contain_text("SubRip (SRT) · 2 cues")
    expect(rows.locator("select[name=encoding]")).to_have_value("cp949")
    expect(rows.locator("select[name=language]")).to_have_value("kor")
    expect(window.locator("video track")).to_have_attribute("srclang", "ko")
    form(window, "burn_subtitles")
    card = press(window, "burn_subtitles")
    seen = pages.percents_until_complete(card)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    kept = pages.download(window, card, tmp_path)
    assert kept.name == "bigbuckbunny_captioned.mp4"
    assert pages.frames(kept) == pages.frames(bunny())


def test_two_files_become_two_tracks(window: Page, tmp_path: Path) -> None:
    add(window, written(tmp_path, "a.ko.srt"))
    rows = add(window, written(tmp_path, "a.en.srt", ENGLISH, "utf-8"))
    expect(rows).to_have_count(2, timeout=SOON_MS)
    choices = form(window, "mux_subtitles").locator("[data-field=subtitles] input")
    expect(choices).to_have_count(2)
    for number in range(2):
        choices.nth(number).check()
    card = press(window, "mux_subtitles")
    pages.ended(card)
    kept = pages.download(window, card, tmp_path)
    with av.open(str(kept)) as container:
        found = [stream.metadata.get("language") for stream in container.streams.subtitles]
    assert found == ["kor", "eng"]


def test_another_encoding_shows_its_text_at_once(window: Page, tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\ncafé déjà vu\n"
    rows = add(window, written(tmp_path, "a.srt", text, "cp1252"))
    expect(rows).to_contain_text("café déjà vu", timeout=SOON_MS)
    rows.locator("select[name=encoding]").select_option("cp1251")
    expect(rows).to_contain_text("cafй", timeout=SOON_MS)
    expect(rows.locator("select[name=encoding]")).to_be_focused()
    rows.locator("select[name=encoding]").select_option("utf-8")
    expect(rows.locator("[data-part=file-problem]")).to_be_visible(timeout=SOON_MS)
    expect(rows.locator("select[name=encoding]")).to_have_value("cp1251")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.srt", b"", "never"),
        ("words.srt", b"no times at all", ""),
        ("back.srt", b"1\n00:00:05,000 --> 00:00:02,000\nx\n", "1"),
        ("film.mp4", b"not even a film", "This is not a subtitle file."),
    ],
)
def test_what_cannot_be_used_says_so_beside_the_button(
    window: Page, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    add(window, path)
    problem = window.locator("subtitle-files > [data-part=problem]")
    expect(problem).to_be_visible(timeout=SOON_MS)
    if name == "film.mp4":
        expect(problem).to_contain_text(says)
    expect(window.locator("subtitle-files li[data-file-id]")).to_have_count(0)


def test_a_second_window_follows_and_a_deleted_file_comes_back(
    window: Page, context: BrowserContext, address: str, tmp_path: Path
) -> None:
    other = context.new_page()
    other.goto(address)
    pages.workbench(other)
    rows = add(window, written(tmp_path, "강의.srt"))
    there = other.locator("subtitle-files li[data-file-id]")
    expect(there).to_have_count(1, timeout=SOON_MS)
    expect(form(other, "burn_subtitles").locator("[data-field=subtitles]")).to_contain_text("강의")
    rows.get_by_role("button", name="Delete 강의.srt").click()
    expect(rows.locator("visible=true")).to_have_count(0)
    expect(there).to_have_count(0, timeout=SOON_MS)
    expect(other.locator("video track")).to_have_count(0)
    window.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(1, timeout=SOON_MS)
    expect(there).to_have_count(1, timeout=SOON_MS)


def test_the_same_in_korean(browser: Browser, address: str, tmp_path: Path) -> None:
    context = browser.new_context(locale="ko-KR", viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(address)
    pages.workbench(page)
    expect(page.get_by_role("heading", name="자막", exact=True)).to_be_visible()
    rows = add(page, written(tmp_path, "강의.srt"))
    expect(rows).to_contain_text("자막 2개", timeout=SOON_MS)
    expect(rows.locator("select[name=language] option:checked")).to_have_text("한국어")
    assert pages.serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()

"""Thumbnails on the page of a video, from the form to the pictures."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

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
def address(site: RunningServer, program: Program) -> str:
    """The page of a video that is ready."""
    video_id = program.upload(bunny())
    program.ready(video_id)
    return f"{site.base_url}/videos/{video_id}/"


def form(page: Page) -> Locator:
    """The form, opened."""
    found = page.locator("operation-form[data-operation=thumbnails]")
    found.locator("summary").click()
    return found


def test_several_pictures_and_all_of_them_in_one_file(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(address)
    pages.workbench(page)
    asked = form(page)
    asked.get_by_label("Number of pictures").fill("4")
    asked.get_by_role("button", name="Make thumbnails").click()
    expect(asked.get_by_text("Started.")).to_be_visible()
    card = page.locator("task-card").first
    pages.ended(card)
    expect(card.get_by_text("✅ Images ready!")).to_be_visible()
    pictures = card.locator("[data-part=previews] img")
    expect(pictures).to_have_count(4)
    for picture in pictures.all():
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") == 640
    packed = pages.download(page, card, tmp_path)
    with zipfile.ZipFile(packed) as archive:
        assert len(archive.namelist()) == 4
        assert archive.testzip() is None


def test_one_at_the_moment_that_is_shown(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(address)
    pages.workbench(page)
    page.evaluate("document.querySelector('video').currentTime = 2")
    asked = form(page)
    asked.get_by_role("button", name="Set from player").click()
    expect(asked.get_by_label("Or one picture at (seconds)")).to_have_value("2.000")
    expect(asked.get_by_label("Number of pictures")).to_have_value("")
    asked.get_by_role("button", name="Make thumbnails").click()
    card = page.locator("task-card").first
    expect(card.locator("[data-part=name]")).to_contain_text("00:02")
    pages.ended(card)
    assert pages.frames(pages.download(page, card, tmp_path)) == 1


def test_a_time_past_the_end_is_refused_in_its_place(page: Page, address: str) -> None:
    page.goto(address)
    pages.workbench(page)
    before = page.locator("task-card").count()
    asked = form(page)
    asked.get_by_label("Or one picture at (seconds)").fill("600")
    asked.get_by_role("button", name="Make thumbnails").click()
    expect(asked.locator("[data-problem=time]")).to_contain_text("00:05")
    expect(asked.get_by_label("Or one picture at (seconds)")).to_be_focused()
    assert page.locator("task-card").count() == before


def test_it_speaks_korean(browser: Browser, address: str) -> None:
    with browser.new_context(locale="ko-KR") as context:
        page = context.new_page()
        page.goto(address)
        pages.workbench(page)
        asked = form(page)
        asked.locator("[name=count]").fill("2")
        asked.get_by_role("button", name="썸네일 만들기").click()
        expect(asked.get_by_text("시작했습니다.")).to_be_visible()
        card = page.locator("task-card").first
        pages.ended(card)
        expect(card.get_by_text("✅ 이미지가 준비되었습니다!")).to_be_visible()

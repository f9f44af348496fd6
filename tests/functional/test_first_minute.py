"""A newcomer's first minute, in a real browser, with a second window beside it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clips import bunny
from tests.functional import pages
from tests.servers.app import RunningServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.functional,
    pytest.mark.slow,
    pytest.mark.timeout(400),
]

SAMPLE_RATE, BUNNY_RATE = 30, 25


@pytest.fixture
def window(page: Page, site: RunningServer) -> Page:
    """The first window, at the library."""
    pages.open_library(page, site.base_url)
    return page


def test_from_a_sample_to_the_downloaded_cut(
    window: Page, site: RunningServer, tmp_path: Path
) -> None:
    window.get_by_role("button", name="Try a sample").click()
    window.wait_for_url("**/videos/*/")
    pages.workbench(window)
    expect(window.locator("#startTime")).to_have_value("10")
    expect(window.locator("#endTime")).to_have_value("30")
    second = window.context.new_page()
    second.goto(window.url)
    pages.connected(second)
    second.evaluate("window.neverReloaded = true")
    card = pages.trim(window, 10, 18.5)
    there = second.locator("task-card").first
    expect(there).to_be_visible(timeout=3_000)
    seen = pages.percents_until_complete(card)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert max(seen) < 100, "100 percent is for the finished file"
    for each in (card, there):
        pages.ended(each, within_ms=3_000)
        expect(each).to_contain_text("✅ Video ready!")
        expect(each).to_contain_text("Complete!")
        expect(each.locator("[data-part=status]")).to_have_text("COMPLETE")
    assert second.evaluate("window.neverReloaded")
    kept = pages.download(window, card, tmp_path)
    assert kept.name == "sample_trimmed.mp4"
    assert pages.frames(kept) == round(8.5 * SAMPLE_RATE)


def test_from_a_file_to_the_downloaded_cut(
    window: Page, site: RunningServer, tmp_path: Path
) -> None:
    second = window.context.new_page()
    pages.open_library(second, site.base_url)
    pages.choose(window, bunny())
    window.wait_for_url("**/videos/*/")
    pages.workbench(window)
    expect(second.get_by_role("link", name="bigbuckbunny.mp4")).to_be_visible(timeout=10_000)
    expect(window.locator("#startTime")).to_have_value("0")
    card = pages.trim(window, 1, 4)
    pages.ended(card)
    kept = pages.download(window, card, tmp_path)
    assert kept.name == "bigbuckbunny_trimmed.mp4"
    assert pages.frames(kept) == 3 * BUNNY_RATE


def test_a_fast_trim_says_beforehand_where_it_really_starts(window: Page) -> None:
    pages.choose(window, bunny())
    window.wait_for_url("**/videos/*/")
    pages.workbench(window)
    window.locator("#startTime").fill("1.5")
    window.locator('input[name="mode"][value="fast"]').check()
    note = window.locator("#mode-note")
    expect(note).to_contain_text("keyframe")
    card = pages.trim(window, 1.5, 4, mode="fast")
    pages.ended(card)


def test_the_player_can_seek_and_set_the_times(window: Page) -> None:
    pages.choose(window, bunny())
    window.wait_for_url("**/videos/*/")
    pages.workbench(window)
    at = window.evaluate(
        """async () => {
          const player = document.querySelector("video");
          if (player.readyState < 1) {
            await new Promise((done) => player.addEventListener("loadedmetadata", done));
          }
          const seeked = new Promise((done) => player.addEventListener("seeked", done));
          player.currentTime = 3.2;
          await seeked;
          return player.currentTime;
        }"""
    )
    assert at == pytest.approx(3.2)
    window.locator("[data-set-from-player=startTime]").click()
    expect(window.locator("#startTime")).to_have_value("3.200")


def test_the_button_waits_for_times_that_can_be_cut(window: Page) -> None:
    pages.choose(window, bunny())
    window.wait_for_url("**/videos/*/")
    pages.workbench(window)
    button = window.locator("trim-form button[type=submit]")
    for start, end in (("4", "1"), ("-1", "2"), ("0", "99"), ("", "2")):
        window.locator("#startTime").fill(start)
        window.locator("#endTime").fill(end)
        expect(button).to_be_disabled()
    window.locator("#startTime").fill("1")
    window.locator("#endTime").fill("2")
    expect(button).to_be_enabled()


def test_the_same_in_korean(browser: Browser, site: RunningServer, tmp_path: Path) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    pages.open_library(page, site.base_url)
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("connection-status")).to_contain_text("✅")
    page.get_by_role("button", name="샘플 사용해 보기").wait_for()
    pages.choose(page, bunny())
    page.wait_for_url("**/videos/*/")
    pages.workbench(page)
    card = pages.trim(page, 1, 4, mode="fast")
    expect(card).to_contain_text("자르기 00:01-00:04")
    pages.ended(card)
    expect(card).to_contain_text("✅ 영상이 준비되었습니다!")
    expect(card).to_contain_text("완료!")
    assert pages.frames(pages.download(page, card, tmp_path)) >= 3 * BUNNY_RATE
    context.close()


def test_a_person_can_change_the_language(window: Page) -> None:
    window.get_by_role("button", name="한국어").click()
    expect(window.locator("html")).to_have_attribute("lang", "ko")
    expect(window.get_by_role("button", name="샘플 사용해 보기")).to_be_visible()

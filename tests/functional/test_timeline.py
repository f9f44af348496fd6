"""The band under the player, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import media
from tests.clips import bunny
from tests.functional import pages
from tests.servers.app import RunningServer
from tests.servers.live import Program

pytestmark = [
    pytest.mark.browser,
    pytest.mark.functional,
    pytest.mark.slow,
    pytest.mark.timeout(200),
]

SERVED = re.compile("^/outputs/")
DRAWN = """canvas => {
  const { width, height } = canvas;
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  return pixels.some((value, at) => at % 4 === 3 && value > 0);
}"""


@pytest.fixture
def window(page: Page, site: RunningServer, program: Program) -> Page:
    """The page of a video whose waveform and storyboard come while it is open."""
    video_id = program.upload(bunny())
    program.ready(video_id)
    page.goto(f"{site.base_url}/videos/{video_id}/")
    pages.workbench(page)
    band = page.locator("video-timeline")
    expect(band).to_have_attribute("data-peaks", SERVED, timeout=30_000)
    expect(band).to_have_attribute("data-sprite", SERVED, timeout=30_000)
    return page


def film(page: Page) -> Locator:
    return page.locator("[data-part=film]")


def at(page: Page, share: float) -> None:
    """Move the pointer to that part of the band."""
    box = film(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def test_the_sound_is_drawn(window: Page) -> None:
    canvas = window.locator("canvas")
    window.wait_for_function(f"({DRAWN})(document.querySelector('canvas'))")
    window.emulate_media(color_scheme="dark")
    assert canvas.evaluate(DRAWN)


def test_the_pointer_shows_the_picture_of_its_moment(window: Page) -> None:
    preview = window.locator("[data-part=preview]")
    expect(preview).to_be_hidden()
    at(window, 0.5)
    expect(preview).to_be_visible()
    expect(preview).to_contain_text("00:02.6")
    tile = preview.locator("[data-part=tile]")
    expect(tile).to_have_css("width", "160px")
    assert "/outputs/" in tile.evaluate("tile => getComputedStyle(tile).backgroundImage")
    at(window, 0)
    box = preview.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    window.mouse.move(0, 0)
    expect(preview).to_be_hidden()


def test_a_press_seeks_the_player(window: Page) -> None:
    window.evaluate("document.querySelector('#startTime').value = 4")
    at(window, 0.4)
    window.mouse.down()
    window.mouse.up()
    found = window.evaluate("document.querySelector('video').currentTime")
    assert found == pytest.approx(0.4 * 5.312, abs=0.05)
    at(window, 0.8)
    assert window.evaluate("document.querySelector('video').currentTime") == found


def test_the_ends_of_the_cut_can_be_dragged(window: Page) -> None:
    window.locator("#startTime").fill("1")
    window.locator("#endTime").fill("4")
    at(window, 1 / 5.312)
    window.mouse.down()
    at(window, 0.5)
    window.mouse.up()
    start = float(window.locator("#startTime").input_value())
    assert start == pytest.approx(5.312 / 2, abs=0.05)
    expect(window.locator("#endTime")).to_have_value("4")
    expect(window.locator("trim-form button[type=submit]")).to_be_enabled()
    at(window, 4 / 5.312)
    window.mouse.down()
    at(window, 1)
    window.mouse.up()
    assert float(window.locator("#endTime").input_value()) == pytest.approx(5.312, abs=0.02)
    expect(window.locator("trim-form button[type=submit]")).to_be_enabled()


def test_what_cannot_be_cut_has_no_band(window: Page) -> None:
    span = window.locator("[data-part=span]")
    expect(span).to_be_visible()
    window.locator("#startTime").fill("99")
    expect(span).to_be_hidden()


def test_a_video_without_sound_has_a_plain_band(
    page: Page, site: RunningServer, program: Program
) -> None:
    video_id = program.upload(media.silent())
    program.ready(video_id)
    page.goto(f"{site.base_url}/videos/{video_id}/")
    pages.workbench(page)
    expect(page.locator("video-timeline")).to_have_attribute("data-sprite", SERVED, timeout=30_000)
    expect(film(page)).to_be_visible()
    assert pages.serious_faults(page) == []

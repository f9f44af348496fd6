"""An open page while Redis is gone: it says so, and misses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import media
from tests.functional import pages
from tests.servers.fixtures import StartServer
from tests.servers.services import ValkeyServer

pytestmark = [
    pytest.mark.functional,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.valkey,
    pytest.mark.timeout(300),
]

LATE = "Updates are delayed; your jobs keep running"


def test_a_page_lives_through_the_loss_of_redis_without_a_reload(
    page: Page, start_server: StartServer, own_valkey: ValkeyServer, tmp_path: Path
) -> None:
    server = start_server(env={"REDIS_URL": own_valkey.url})
    pages.open_library(page, server.base_url)
    pages.choose(page, media.numbered())
    page.wait_for_url("**/videos/*/")
    pages.workbench(page)
    page.evaluate("window.neverReloaded = true")
    pages.ended(pages.trim(page, 0, 1))
    note = page.locator("connection-status [data-part=note]")
    own_valkey.kill9()
    expect(note).to_have_text(LATE, timeout=20_000)
    expect(page.locator("connection-status")).to_have_attribute("data-state", "connected")
    pages.ended(pages.trim(page, 1, 2))
    own_valkey.start()
    expect(note).to_have_text("", timeout=20_000)
    pages.ended(pages.trim(page, 2, 3))
    assert page.evaluate("window.neverReloaded")
    assert "Traceback" not in server.tail(10_000)

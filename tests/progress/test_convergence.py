"""Whatever happens between a row and a page, once it is over the page shows what the row says.

The hub and the outbox are the real ones here, the client and the store are the page's own, in Node.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from scripts import js
from tests.progress.worlds import case

REPLAY = Path(__file__).parents[1] / "js" / "support" / "replay.js"
STEPS = 60


def play(path: Path, seeds: range) -> None:
    """Write what the page received in the world of each seed."""

    async def all_of_them() -> None:
        with path.open("w", encoding="utf-8") as file:
            for seed in seeds:
                file.write(await case(seed, STEPS) + "\n")

    asyncio.run(all_of_them())


def replay(path: Path) -> tuple[int, str]:
    """The verdict of the page's own code."""
    argv = [str(js.node()), str(REPLAY), str(path)]
    outcome = subprocess.run(argv, capture_output=True, text=True, check=False)
    return outcome.returncode, outcome.stdout.strip() + outcome.stderr


def test_a_page_settles_in_what_the_database_says(tmp_path: Path) -> None:
    play(tmp_path / "cases", range(300))
    assert replay(tmp_path / "cases") == (0, "300 settled")


@pytest.mark.long
@pytest.mark.timeout(600)
def test_it_does_so_in_ten_thousand_worlds(tmp_path: Path) -> None:
    play(tmp_path / "cases", range(1000, 11_000))
    assert replay(tmp_path / "cases") == (0, "10000 settled")


def test_a_page_that_missed_something_would_be_found_out(tmp_path: Path) -> None:
    path = tmp_path / "cases"
    play(path, range(1))
    reported = json.loads(path.read_text("utf-8"))
    next(iter(reported["truth"].values()))["seq"] += 1
    path.write_text(json.dumps(reported) + "\n", "utf-8")
    assert replay(path)[0] == 1

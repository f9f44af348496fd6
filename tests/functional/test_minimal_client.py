"""A program that knows four messages and no more can follow an edit: tests/js/minimal-client.js."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts.js import node
from tests.clips import bunny
from tests.servers.app import ROOT, RunningServer
from tests.servers.live import Program

pytestmark = [pytest.mark.functional, pytest.mark.slow]

FOLDER = ROOT / "tests" / "js"
SECONDS = 60


class Client:
    """The client in its own Node process."""

    def __init__(self, site: RunningServer, video_id: str, token: str | None = None) -> None:
        if not (FOLDER / "node_modules" / "ws").exists():
            pytest.skip("npm packages are missing: run make test-js")
        words = [str(node()), "minimal-client.js", site.ws_url, video_id, token or site.token]
        self.process = subprocess.Popen(
            words, cwd=FOLDER, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def first(self) -> dict[str, Any]:
        """The first message."""
        assert self.process.stdout is not None
        message: dict[str, Any] = json.loads(self.process.stdout.readline())
        return message

    def rest(self) -> tuple[int, list[dict[str, Any]]]:
        """Its exit code and every further message."""
        out, _ = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()]


def test_it_follows_a_trim_to_its_download(
    site: RunningServer, program: Program, tmp_path: Path
) -> None:
    video_id = program.upload(bunny())
    program.ready(video_id)
    client = Client(site, video_id)
    first = client.first()
    assert (first["type"], first["videoId"]) == ("subscribed", video_id)
    program.trim(video_id, 1, 4)
    code, messages = client.rest()
    assert code == 0
    progress = [item for item in messages if item["type"] == "progress"]
    percents = [item["data"]["percent"] for item in progress]
    assert {item["videoId"] for item in messages} == {video_id}
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0, 100)
    assert progress[0]["data"]["message"] == "Starting trim..."
    assert progress[-1]["data"]["message"] == "Trim complete"
    assert "Trimming video..." in [item["data"]["message"] for item in progress]
    assert [item["type"] for item in messages[-2:]] == ["progress", "complete"]
    url = messages[-1]["data"]["outputUrl"]
    assert program.download(url, tmp_path / "cut.mp4").stat().st_size > 0


def test_it_gets_an_error_when_there_is_no_such_video(site: RunningServer) -> None:
    client = Client(site, "00000000-0000-0000-0000-000000000000")
    code, messages = client.rest()
    assert code == 1
    assert [item["type"] for item in messages] == ["error"]
    assert messages[0]["data"]["error"]


def test_it_gets_an_error_when_the_file_is_no_video(
    site: RunningServer, program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "noise.mp4"
    path.write_bytes(bytes(range(256)) * 40_000)
    client = Client(site, "*")
    assert client.first()["type"] == "subscribed"
    video_id = program.upload(path)
    code, messages = client.rest()
    assert code == 1
    assert (messages[-1]["type"], messages[-1]["videoId"]) == ("error", video_id)
    assert messages[-1]["data"]["error"] == "This file is not a readable video."


def test_without_its_token_it_is_turned_away(site: RunningServer, program: Program) -> None:
    client = Client(site, "*", token="wrong")
    code, messages = client.rest()
    assert (code, messages) == (2, [])

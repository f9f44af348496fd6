"""`manage.py watch`: a page in the terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests import media
from tests.servers.app import ROOT, RunningServer
from tests.servers.fixtures import StartServer
from tests.servers.live import Program, wait_for

pytestmark = [pytest.mark.functional, pytest.mark.slow, pytest.mark.timeout(180)]


def watching(server: RunningServer, *words: str, **streams: object) -> subprocess.Popen[str]:
    """The command, with what it needs to find the server."""
    argv = [sys.executable, "manage.py", "watch", *words]
    env = {**server.env, "TERM": "xterm", "COLUMNS": "120", "LINES": "30"}
    return subprocess.Popen(argv, cwd=ROOT, env=env, text=True, **streams)  # type: ignore[call-overload,no-any-return]


def piped(server: RunningServer, log: Path, *words: str) -> subprocess.Popen[str]:
    """Its output goes to a file."""
    with log.open("w") as file:
        return watching(server, *words, stdout=file, stderr=subprocess.STDOUT)


def says(log: Path, text: str) -> None:
    """Wait until it has said so."""
    wait_for(lambda: text in log.read_text(), 60, text)


def test_it_follows_a_task_to_its_result_and_survives_a_restart_of_the_server(
    start_server: StartServer, tmp_path: Path
) -> None:
    server, log = start_server(), tmp_path / "said"
    with Program(server) as program:
        video_id = program.upload(media.numbered(), "talk.mp4")
        program.ready(video_id)
        watch = piped(server, log, video_id)
        try:
            says(log, f"Following {video_id}.")
            program.ended(program.trim(video_id, 0, 1)["taskId"])
            says(log, "/outputs/")
            server.restart()
            says(log, "Connection lost; reconnecting.")
            says(log, "Connected again.")
            task = program.ended(program.trim(video_id, 1, 2)["taskId"])
            says(log, task["outputs"][0]["url"])
        finally:
            watch.terminate()
            watch.wait(20)
    assert "Trim 00:00-00:01  talk.mp4" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_in_a_terminal_each_task_has_one_bar_that_is_drawn_anew(
    start_server: StartServer,
) -> None:
    server = start_server()
    with Program(server) as program:
        video_id = program.upload(media.numbered())
        program.ready(video_id)
        for start in range(3):
            program.trim(video_id, start, start + 1, "exact")
        near, far = pty.openpty()
        watch = watching(server, "--until-done", stdout=far, stderr=far)
        os.close(far)
        shown = drained(near)
        assert watch.wait(60) == 0
    last = shown.rpartition("\x1b[J")[2]
    assert "Traceback" not in shown
    assert last.count("[") == last.count("done") <= 3


def drained(terminal: int) -> str:
    """All that is written to a terminal until whoever writes has ended."""
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # EIO: nobody has the other end any more
            break
        if not piece:
            break
        shown += piece
    os.close(terminal)
    return shown.decode(errors="replace")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--token", "wrong"], "The server rejected the token."),
        (["00000000-0000-0000-0000-000000000000"], "Nothing was found at this address."),
        (
            ["--url", "localhost:8000"],
            "is not a valid address: it must start with http:// or https://.",
        ),
    ],
)
def test_what_cannot_be_followed_ends_with_a_sentence(
    start_server: StartServer, tmp_path: Path, words: list[str], sentence: str
) -> None:
    log = tmp_path / "said"
    watch = piped(start_server(), log, *words)
    assert watch.wait(60) == 1
    assert sentence in log.read_text()
    assert "Traceback" not in log.read_text()

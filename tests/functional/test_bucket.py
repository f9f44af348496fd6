"""The main job with the library in a bucket: web and worker share a database and no disk."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests import media
from tests.servers.app import ROOT, RunningServer
from tests.servers.fixtures import StartServer
from tests.servers.live import Program, wait_for
from tests.servers.processes import ServerProcess
from tests.servers.s3 import S3Server
from tests.tus_client import TusClient
from videos.storage.keys import MARK

pytestmark = [pytest.mark.functional, pytest.mark.s3, pytest.mark.slow]

SRT = "1\n00:00:01,000 --> 00:00:02,000\n안녕하세요\n".encode()
MIB = 1024 * 1024


@pytest.fixture
def site(
    start_server: StartServer, s3_server: S3Server, s3_bucket: str, postgres_database: str
) -> RunningServer:
    """Pages only, on PostgreSQL and S3."""
    env = {
        **s3_server.environment,
        "AWS_STORAGE_BUCKET_NAME": s3_bucket,
        "DATABASE_URL": postgres_database,
        "VREWCRAFT_RUN_WORKER": "no",
    }
    return start_server(env=env)


@pytest.fixture
def worker(site: RunningServer, tmp_path: Path) -> Iterator[ServerProcess]:
    """A worker as on another machine: its own scratch folder, nothing of the web's."""
    env = {**site.env, "VREWCRAFT_DATA_DIR": str(tmp_path / "scratch")}
    process = ServerProcess(
        [sys.executable, "manage.py", "work"], log=tmp_path / "worker.log", env=env, cwd=ROOT
    )
    process.wait_until(lambda: "Stop with Ctrl-C" in process.tail())
    yield process
    process.stop()


@pytest.fixture
def keys(s3_server: S3Server, s3_bucket: str) -> Callable[[], list[str]]:
    """What lies in the bucket, finished or not, without the mark of the worker's first sweep."""

    def look() -> list[str]:
        client = s3_server.client()
        found = client.list_objects_v2(Bucket=s3_bucket).get("Contents", [])
        begun = client.list_multipart_uploads(Bucket=s3_bucket).get("Uploads", [])
        return [each["Key"] for each in (*found, *begun) if each["Key"] != MARK]

    return look


def upload(site: RunningServer, path: Path) -> str:
    client = TusClient(site.base_url, site.token)
    begun = client.create(path)
    client.send(begun, path)
    client.close()
    return begun.video_id


def downloaded(program: Program, url: str, path: Path) -> Path:
    """By the link that the site gives; without its token, as a browser follows it."""
    answer = program.http.get(url)
    assert answer.status_code == 302, answer.text
    film = httpx.get(answer.headers["Location"])
    assert film.status_code == 200
    path.write_bytes(film.content)
    return path


def test_upload_trim_thumbnails_captions_download_delete(
    site: RunningServer,
    worker: ServerProcess,
    keys: Callable[[], list[str]],
    tmp_path: Path,
) -> None:
    clip = tmp_path / "강의.mp4"
    clip.write_bytes(media.numbered().read_bytes())
    with Program(site) as program:
        video_id = upload(site, clip)
        program.ready(video_id)
        cut = program.ended(program.trim(video_id, 1, 3, "exact")["taskId"])
        assert cut["status"] == "complete", cut
        name = cut["outputs"][0]["name"]
        film = downloaded(program, cut["outputs"][0]["url"], tmp_path / name)
        assert name == "강의_trimmed.mp4"
        assert media.frame_numbers(film) == list(range(25, 75))
        assert (
            downloaded(
                program, program.ready(video_id)["sourceUrl"], tmp_path / "back.mp4"
            ).read_bytes()
            == clip.read_bytes()
        )

        asked = program.edit("thumbnails", video_id, count=3)
        stills = program.ended(asked["taskId"])
        assert [each["kind"] for each in stills["outputs"]] == ["archive", *["image"] * 3]

        files = {"subtitles": ("a.srt", SRT, "text/plain")}
        added = program.http.post(f"/api/videos/{video_id}/subtitles", files=files)
        assert added.status_code == 201, added.text
        asked = program.edit("burn_subtitles", video_id, subtitles=added.json()["subtitlesId"])
        assert program.ended(asked["taskId"])["status"] == "complete"

        poster = wait_for(
            lambda: program.http.get(f"/api/videos/{video_id}").json()["posterUrl"], 30, "a poster"
        )
        assert program.http.get(poster).content.startswith(b"\xff\xd8")
        checked = site.manage("storage", "check", "--deep")
        assert checked.returncode == 0, checked.stdout + checked.stderr

        assert program.http.delete(f"/api/videos/{video_id}").status_code == 200
        wait_for(lambda: keys() == [], 60, "the bucket's emptying")
    assert not any((site.data_dir / "incoming").glob("*.tus"))
    assert not (site.data_dir / "library").exists()


def test_an_upload_survives_kill9_while_it_is_transferred(
    site: RunningServer,
    worker: ServerProcess,
    keys: Callable[[], list[str]],
    s3_server: S3Server,
    s3_bucket: str,
    tmp_path: Path,
) -> None:
    clip = tmp_path / "large.mp4"
    clip.write_bytes(media.numbered().read_bytes() + os.urandom(96 * MIB))
    with Program(site) as program:
        video_id = upload(site, clip)
        wait_for(lambda: keys() != [], 30, "the carrying's beginning")
        site.kill9()
        site.start()
        found = program.ready(video_id, 90)
    assert found["bytes"] == clip.stat().st_size
    source = next(key for key in keys() if key.startswith("sources/"))
    body = s3_server.client().get_object(Bucket=s3_bucket, Key=source)["Body"]
    assert body.read() == clip.read_bytes()
    wait_for(lambda: not any((site.data_dir / "incoming").glob("*.tus")), 30, "room on the disk")


def test_a_worker_that_is_killed_while_storing_leaves_nothing_behind(
    site: RunningServer,
    worker: ServerProcess,
    keys: Callable[[], list[str]],
    tmp_path: Path,
) -> None:
    with Program(site) as program:
        video_id = upload(site, media.numbered())
        program.ready(video_id)
        asked = program.trim(video_id, 0, 4, "exact")
        program.under_way(asked["taskId"], percent=5)
        worker.kill9()
        again = ServerProcess(
            [sys.executable, "manage.py", "work"],
            log=tmp_path / "again.log",
            env={**site.env, "VREWCRAFT_DATA_DIR": str(tmp_path / "scratch")},
            cwd=ROOT,
        )
        task = program.ended(asked["taskId"])
        again.stop()
    assert (task["status"], task["attempt"]) == ("complete", 2)
    outputs = [key for key in keys() if asked["taskId"] in key]
    assert len(outputs) == 1
    assert "/2/" in outputs[0]

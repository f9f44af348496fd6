"""The processes of compose.yaml, started by hand with its own command lines: one edit through them.

PostgreSQL, Valkey and S3 come from their wheels. nginx is the system's where there is one: then the
edit goes through it; tests/deploy/test_files.py reads its configuration everywhere.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests import media
from tests.deploy.compose import COMPOSE, FOLDER, ROOT, SERVICES
from tests.servers.app import clean_environment
from tests.servers.processes import ServerProcess, free_port
from tests.servers.s3 import PORTS
from tests.tus_client import TusClient

pytestmark = [pytest.mark.functional, pytest.mark.s3, pytest.mark.slow, pytest.mark.valkey]

# Where Debian installs it, which not everybody's PATH has.
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MAKE_PERSON = """
from vrewcraft.accounts.models import Token, User
print(Token.objects.issue(User.objects.create_user("ann", password="long-enough-1"), "tests"))
"""


class Site:
    """compose.yaml on this machine: the same words, other addresses."""

    def __init__(
        self,
        services: dict[str, dict[str, Any]],
        folder: Path,
        database: str,
        valkey: str,
        running: ExitStack,
    ) -> None:
        self.services = services
        self.folder = folder
        self._running = running
        self.web_port, self.s3_port, self.nginx_port = free_port(), free_port(), free_port()
        public = self.nginx_port if NGINX else self.s3_port
        self.values = {
            "SECRET_KEY": "x" * 40,
            "POSTGRES_PASSWORD": "none",
            "AWS_ACCESS_KEY_ID": "vrewcraft",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-tests",
            "ALLOWED_HOSTS": "127.0.0.1",
            "PUBLIC_URL": f"http://127.0.0.1:{public}",
        }
        self.places = {
            "DATABASE_URL": database,
            "REDIS_URL": valkey,
            "AWS_S3_ENDPOINT_URL": f"http://127.0.0.1:{self.s3_port}",
        }

    @property
    def url(self) -> str:
        """Where people go."""
        return f"http://127.0.0.1:{self.nginx_port if NGINX else self.web_port}"

    def filled(self, text: object) -> str:
        """A value of compose.yaml with its blanks filled as compose does it."""

        def fill(blank: re.Match[str]) -> str:
            default = blank[2].removeprefix(":-") if blank[2].startswith(":-") else ""
            return self.values.get(blank[1], default)

        return re.sub(r"\$\{([A-Z_0-9]+)([^}]*)\}", fill, str(text))

    def environment(self, name: str) -> dict[str, str]:
        """What compose.yaml gives a service, at the addresses of this machine."""
        service = self.services[name]
        given = {key: self.filled(value) for key, value in service["environment"].items()}
        data = self._volume(name, service)
        data.mkdir(exist_ok=True)
        here = {"VREWCRAFT_DATA_DIR": str(data), "HOST": "127.0.0.1", "PORT": str(self.web_port)}
        path = f"{Path(sys.executable).parent}:{clean_environment()['PATH']}"
        moved = {key: value for key, value in self.places.items() if key in given}
        return {**clean_environment(), **given, **here, **moved, "PATH": path}

    def _volume(self, name: str, service: dict[str, Any]) -> Path:
        """What is mounted as /data: by its name what is shared, else the service's own."""
        volume, _, target = str(service.get("volumes", ["/data"])[0]).partition(":")
        return self.folder / (volume if target else name)

    def start(self, name: str, argv: list[str], env: dict[str, str] | None = None) -> ServerProcess:
        """Start a service; it is stopped at the end."""
        given = env or self.environment(name)
        program = shutil.which(argv[0], path=given["PATH"])
        assert program, argv
        log = self.folder / f"{name}.log"
        process = ServerProcess([program, *argv[1:]], log=log, env=given, cwd=ROOT)
        self._running.callback(process.kill9)
        return process

    def start_s3(self) -> None:
        """The bucket's service, with the words of compose.yaml and ports of its own."""
        data = self.folder / "s3"
        data.mkdir()
        words = [self.filled(word) for word in self.services["s3"]["command"]]
        here = {"-dir": str(data), "-s3.port": str(self.s3_port), "-ip.bind": "127.0.0.1"}
        argv = [
            str(Path(sys.executable).with_name("weed")),
            "-logtostderr",
            *words,
            "-ip=127.0.0.1",
        ]
        argv = [_at(word, here) for word in argv]
        argv += [f"-{port}={free_port()}" for port in PORTS]
        argv += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.volumeSizeLimitMB=256"]
        service = self.services["s3"]
        given = {key: self.filled(value) for key, value in service["environment"].items()}
        env = {**clean_environment(), **given, "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
        process = self.start("s3", argv, env)
        process.wait_until(lambda: answers(f"{self.places['AWS_S3_ENDPOINT_URL']}/healthz"))

    def prepare(self) -> None:
        """The one service that ends by itself."""
        subprocess.run(
            self.services["prepare"]["command"],
            env=self.environment("prepare"),
            cwd=ROOT,
            check=True,
            timeout=60,
        )

    def start_nginx(self) -> None:
        """The system's nginx with the configuration that compose.yaml mounts."""
        config = self.folder / "nginx.conf"
        config.write_text(self._nginx_conf())
        words = [str(NGINX), "-c", str(config)]
        subprocess.run([*words, "-t"], check=True, capture_output=True)
        # One process: workers would outlive a killed test, and belong to somebody who may not read
        # its folders.
        self.start("nginx", [*words, "-g", "daemon off; master_process off;"], clean_environment())

    def _nginx_conf(self) -> str:
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for old, new in {
            "server web:8000;": f"server 127.0.0.1:{self.web_port};",
            "server s3:8333;": f"server 127.0.0.1:{self.s3_port};",
            "listen 8080;": f"listen 127.0.0.1:{self.nginx_port};",
            "include /etc/nginx/mime.types;": "",
            "/tmp/nginx": f"{self.folder}/nginx",
            "alias /data/": f"alias {self.folder}/web-data/",
        }.items():
            assert old in text, old
            text = text.replace(old, new)
        return text


def _at(word: str, here: dict[str, str]) -> str:
    name, equals, _value = word.partition("=")
    return f"{name}={here[name]}" if equals and name in here else word


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


Run = Callable[[dict[str, dict[str, Any]]], Site]


@pytest.fixture
def run(tmp_path: Path, postgres_database: str, valkey_url: str) -> Iterator[Run]:
    """Starts all services of a file of Compose; they are stopped at the end."""
    with ExitStack() as running:

        def started(services: dict[str, dict[str, Any]]) -> Site:
            site = Site(services, tmp_path, postgres_database, valkey_url, running)
            if "s3" in services:
                site.start_s3()
            site.prepare()
            site.start("web", services["web"]["command"])
            worker = site.start("worker", services["worker"]["command"])
            if NGINX:
                site.start_nginx()
            worker.wait_until(lambda: "Stop with Ctrl-C" in worker.tail())
            worker.wait_until(lambda: answers(f"{site.url}/livez"))
            return site

        yield started


def token(site: Site) -> str:
    """Somebody with an account."""
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", MAKE_PERSON],
        env=site.environment("web"),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.strip().splitlines()[-1]


def awaited(http: httpx.Client, path: str, field: str, value: str) -> dict[str, Any]:
    """The answer once its field has that value."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found: dict[str, Any] = http.get(path).json()
        if found[field] == value:
            return found
        assert found.get("error") is None, found
        time.sleep(0.1)
    raise AssertionError(found)


def trimmed(http: httpx.Client, secret: str, folder: Path) -> dict[str, Any]:
    """The output of a cut of a film that was uploaded."""
    clip = folder / "강의.mp4"
    shutil.copyfile(media.numbered(), clip)
    uploads = TusClient(str(http.base_url).rstrip("/"), secret)
    begun = uploads.create(clip)
    uploads.send(begun, clip)
    uploads.close()
    awaited(http, f"/api/videos/{begun.video_id}", "state", "ready")
    wanted = {"videoId": begun.video_id, "startTime": 1, "endTime": 3, "mode": "exact"}
    asked = http.post("/api/edit/trim", json=wanted)
    assert asked.status_code == 202, asked.text
    task = awaited(http, f"/api/tasks/{asked.json()['taskId']}", "status", "complete")
    (output,) = task["outputs"]
    return dict(output)


def test_a_team_edits_through_the_processes_of_compose(run: Run, tmp_path: Path) -> None:
    site = run(SERVICES)
    secret = token(site)
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=site.url, headers=headers, timeout=30) as http:
        output = trimmed(http, secret, tmp_path)
        link = http.get(output["url"])
        assert link.status_code == 302
        assert link.headers["Location"].startswith(site.values["PUBLIC_URL"])
        bucket = COMPOSE["x-environment"]["AWS_STORAGE_BUCKET_NAME"]
        assert urlsplit(link.headers["Location"]).path.startswith(f"/{bucket}/outputs/")
        ready = http.get("/readyz")
        assert ready.status_code == 200, ready.text
    film = httpx.get(link.headers["Location"])
    assert (film.status_code, len(film.content)) == (200, output["bytes"])
    assert output["name"] == "강의_trimmed.mp4"
    path = tmp_path / "trimmed.mp4"
    path.write_bytes(film.content)
    assert media.frame_numbers(path) == list(range(25, 75))


@pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine")
def test_nginx_sends_the_files_of_a_library_in_a_folder(run: Run, tmp_path: Path) -> None:
    site = run(FOLDER)
    secret = token(site)
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=site.url, headers=headers, timeout=30) as http:
        output = trimmed(http, secret, tmp_path)
        part = http.get(output["url"], headers={"Range": "bytes=10-19"})
        whole = http.get(output["url"])
        assert httpx.get(f"{site.url}/_library/outputs/").status_code == 404
        assert httpx.get(f"{site.url}{output['url']}").status_code in (302, 404)
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert (whole.status_code, len(whole.content)) == (200, output["bytes"])
    assert whole.headers["Content-Type"] == "video/mp4"
    assert "_trimmed.mp4" in whole.headers["Content-Disposition"]
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Accel-Redirect" not in whole.headers
    path = tmp_path / "trimmed.mp4"
    path.write_bytes(whole.content)
    assert media.frame_numbers(path) == list(range(25, 75))

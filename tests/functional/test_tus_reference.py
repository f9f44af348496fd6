"""Our tus server beside the reference one: the same requests, the same answers, the same bytes.

Where they differ on purpose stands in `test_tus.py`: there we follow the text of the protocol (412
for another version, 415 for another type, 400 without an offset), offer checksums, which the
reference does not, and take the last bytes again.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.servers.app import RunningServer
from tests.servers.fixtures import StartServer
from tests.servers.tus_reference import ReferenceServer

pytestmark = [pytest.mark.functional, pytest.mark.slow, pytest.mark.timeout(300)]

LIMIT = 40_000
BYTES = "application/offset+octet-stream"
COMPARED = ("Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Defer-Length")
SEEDS = range(6)
STEPS = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, the same for both; `location` holds the path each knows the upload by."""

    method: str
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass(slots=True)
class Twin:
    """One upload on both servers."""

    ours: str
    theirs: str
    content: bytes
    length: int | None
    offset: int = 0
    gone: bool = False


@dataclass(slots=True)
class Both:
    """Both servers, asked the same."""

    ours: httpx.Client
    theirs: httpx.Client
    asked: list[str] = field(default_factory=list)

    def ask(self, asked: Asked, ours: str, theirs: str) -> tuple[httpx.Response, httpx.Response]:
        """The two answers, which say the same."""
        self.asked.append(f"{asked.method} {dict(asked.headers)} {len(asked.content)} B")
        answers = (
            self.ours.request(asked.method, ours, headers=asked.headers, content=asked.content),
            self.theirs.request(asked.method, theirs, headers=asked.headers, content=asked.content),
        )
        said = [_said(asked, answer) for answer in answers]
        assert said[0] == said[1], "\n".join(self.asked)
        return answers


def _said(asked: Asked, answer: httpx.Response) -> dict[str, object]:
    """What must be the same of an answer."""
    headers = {name: answer.headers.get(name) for name in COMPARED}
    if asked.method == "POST":
        # The reference tells the offset of a creation only where bytes came with it.
        headers["Upload-Offset"] = headers["Upload-Offset"] if asked.content else None
    if not answer.is_success:
        headers = {"Tus-Resumable": answer.headers.get("Tus-Resumable")}
    return {"status": answer.status_code, **headers}


class Sequence:
    """Requests that a careless client might send, by a seed."""

    def __init__(self, both: Both, seed: int) -> None:
        self.both = both
        self.uploads: list[Twin] = []
        self._random = random.Random(seed)

    def step(self) -> None:
        """One more request."""
        kinds = [self._create, self._patch, self._head, self._delete, self._nothing]
        weights = [3 if len(self.uploads) < 8 else 1, 12, 3, 1, 1]
        self._random.choices(kinds, weights)[0]()

    def finish(self) -> None:
        """Send what is missing of every upload that is left."""
        for twin in self.uploads:
            if not twin.gone:
                length = len(twin.content) if twin.length is None else twin.length
                headers = {} if twin.length is not None else {"Upload-Length": str(length)}
                self._send(twin, twin.offset, twin.content[twin.offset : length], headers)
                twin.length = length

    def _create(self) -> None:
        length = self._random.choice([0, 1, self._random.randrange(1, 30_000), LIMIT, LIMIT + 1])
        deferred = self._random.random() < 0.4
        said = {"Upload-Defer-Length": "1"} if deferred else {"Upload-Length": str(length)}
        if self._random.random() < 0.15:
            said = self._random.choice(
                [
                    {},
                    {"Upload-Length": "-1"},
                    {"Upload-Length": "x"},
                    {"Upload-Length": "5", "Upload-Defer-Length": "1"},
                    {"Upload-Defer-Length": "2"},
                ]
            )
        if self._random.random() < 0.5:
            name = base64.b64encode("강의.mp4".encode()).decode()
            said["Upload-Metadata"] = self._random.choice([f"filename {name}", "is_x,a YQ=="])
        content, sent = self._random.randbytes(LIMIT), b""
        most = LIMIT if deferred else length
        if self._random.random() < 0.4 and most:
            sent = content[: self._random.randrange(most)]
            said["Content-Type"] = BYTES
        answers = self.both.ask(Asked("POST", said, sent), "/api/uploads/", ReferenceServer.path)
        if answers[0].status_code == 201:
            ours, theirs = (answer.headers["Location"] for answer in answers)
            known = None if deferred else length
            self.uploads.append(Twin(ours, theirs, content, known, len(sent)))

    def _patch(self) -> None:
        twin = self._some()
        if twin is None:
            return
        offset = twin.offset + self._random.choice([0, 0, 0, 0, 0, -1, 1, 777, -twin.offset])
        most = LIMIT if twin.length is None else twin.length
        size = self._random.choice([0, 1, self._random.randrange(9000), most - twin.offset])
        if self._random.random() < 0.1:
            size = most - twin.offset + self._random.choice([1, 5000])
        headers = {}
        if self._random.random() < 0.15:
            headers["Upload-Length"] = str(self._random.randrange(1, LIMIT + 2))
            if headers["Upload-Length"] == str(twin.length):
                return
        content = twin.content[max(0, offset) :][: max(0, size)].ljust(max(0, size), b"?")
        self._send(twin, max(0, offset), content, headers)

    def _send(self, twin: Twin, offset: int, content: bytes, more: dict[str, str]) -> None:
        finished = twin.offset == twin.length
        if finished and content and offset + len(content) == twin.length:
            return  # the last bytes once more: the reference refuses them
        headers = {"Upload-Offset": str(offset), "Content-Type": BYTES, **more}
        answer, _ = self.both.ask(Asked("PATCH", headers, content), twin.ours, twin.theirs)
        if answer.is_success:
            twin.offset = int(answer.headers["Upload-Offset"])
            if "Upload-Length" in more:
                twin.length = int(more["Upload-Length"])

    def _head(self) -> None:
        twin = self._some()
        if twin:
            self.both.ask(Asked("HEAD", {}), twin.ours, twin.theirs)

    def _delete(self) -> None:
        twin = self._some()
        if twin:
            self.both.ask(Asked("DELETE", {}), twin.ours, twin.theirs)
            twin.gone = True

    def _nothing(self) -> None:
        method = self._random.choice(["HEAD", "PATCH", "DELETE"])
        headers = {"Upload-Offset": "0", "Content-Type": BYTES} if method == "PATCH" else {}
        name = uuid4()
        paths = f"/api/uploads/{name}", f"{ReferenceServer.path}/{name}"
        self.both.ask(Asked(method, headers), *paths)

    def _some(self) -> Twin | None:
        return self._random.choice(self.uploads) if self.uploads else None


@pytest.fixture
def reference(tmp_path: Path) -> Iterator[ReferenceServer]:
    """The reference server, running."""
    if not ReferenceServer.is_installed():
        pytest.skip("npm packages are missing: run make test-js")
    with ReferenceServer(tmp_path / "reference", max_size=LIMIT) as server:
        yield server


def ours_kept(server: RunningServer, video_id: str) -> bytes:
    """The source in our library, or what has arrived of it."""
    folder = server.data_dir / "library" / "sources" / video_id
    (path,) = folder.rglob("source*")
    return path.read_bytes()


def test_both_answer_the_same_and_keep_the_same_bytes(
    start_server: StartServer, reference: ReferenceServer
) -> None:
    server = start_server(
        env={"VREWCRAFT_UPLOAD_LIMIT": str(LIMIT), "VREWCRAFT_DISK_FLOOR_BYTES": "0"}
    )
    tus = {"Tus-Resumable": "1.0.0"}
    token = {"Authorization": f"Bearer {server.token}"}
    theirs = f"http://127.0.0.1:{reference.port}"
    with (
        httpx.Client(base_url=server.base_url, headers={**tus, **token}) as first,
        httpx.Client(base_url=theirs, headers=tus) as second,
    ):
        for seed in SEEDS:
            sequence = Sequence(Both(first, second), seed)
            for _ in range(STEPS):
                sequence.step()
            sequence.finish()
            for twin in sequence.uploads:
                if not twin.gone and twin.offset == twin.length:
                    video_id = first.head(twin.ours).headers["Video-Id"]
                    assert ours_kept(server, video_id) == twin.content[: twin.length]
                    assert reference.file(twin.theirs).read_bytes() == twin.content[: twin.length]

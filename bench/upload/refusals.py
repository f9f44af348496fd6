"""What must be refused: the second of two writers, and what a full disk has no room for."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.harness.client import CHUNK_BYTES, MIB, Client, Unexpected
from bench.harness.figures import Report
from bench.upload.files import is_stored, random_file, source_of
from tests.servers.app import RunningServer

PAIRS, SEED = 200, 7
REFUSED, FULL = (409, 423), 507
DISK_MIB, FLOOR_MIB, FILE_MIB = 200, 40, 40
ENV = {
    "VREWCRAFT_MODE": "team",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SECRET_KEY": "bench" * 8,
    "VREWCRAFT_DISK_FLOOR_BYTES": str(FLOOR_MIB * MIB),
}


def races(folder: Path, report: Report) -> None:
    """Of how many pairs the file is not just what the one that was taken sent."""
    numbers = random.Random(SEED)
    with (
        RunningServer(folder / "races") as server,
        ThreadPoolExecutor(2) as pool,
        Client(server.port, server.token) as client,
    ):
        corrupt = sum(_is_corrupt(server, client, pool, numbers) for _ in range(PAIRS))
    report.at_most(f"corrupt after {PAIRS} races", corrupt, 0)


def _is_corrupt(
    server: RunningServer, client: Client, pool: ThreadPoolExecutor, numbers: random.Random
) -> bool:
    """Send different bytes for the same place at once, then the rest of the file."""
    pair = [numbers.randbytes(numbers.randrange(1, MIB)) for _ in range(2)]
    ending = numbers.randbytes(1000)
    length = max(map(len, pair)) + len(ending)
    location, video_id = client.create(length)
    gate = threading.Barrier(2)
    taken = list(pool.map(lambda content: _is_taken(server, location, content, gate), pair))
    winners = [content for content, won in zip(pair, taken, strict=True) if won]
    whole = (winners[0] if winners else b"") + ending
    whole += numbers.randbytes(length - len(whole))
    at = client.offset(location)
    client.send_bytes(location, whole[at:], at)
    corrupt = len(winners) > 1 or source_of(server, video_id).read_bytes() != whole
    client.ask("DELETE", f"/api/videos/{video_id}")
    return corrupt


def _is_taken(
    server: RunningServer, location: str, content: bytes, gate: threading.Barrier
) -> bool:
    with Client(server.port, server.token) as client:
        gate.wait()
        try:
            return client.send_bytes(location, content) == len(content)
        except Unexpected as unexpected:
            if unexpected.status not in REFUSED:
                raise
            return False


def full_disk(folder: Path, report: Report) -> None:
    """Ann's space is reserved, Bob's is not: his length is unknown. Then the disk is filled."""
    path = random_file(folder / "film.mp4", size := FILE_MIB * MIB, seed=5)
    with (
        small_disk(folder / "small"),
        RunningServer(folder / "small" / "data", env=ENV) as server,
        Client(server.port, _token(server, "ann")) as ann,
        Client(server.port, _token(server, "bob")) as bob,
        path.open("rb") as file,
    ):
        hers, her_video = ann.create(size)
        his, his_video = bob.create(None)
        offset, status = bob.send_chunk(his, file, 0, CHUNK_BYTES), 0
        # All but the floor and what is reserved, as somebody else's files would take it.
        free = shutil.disk_usage(server.data_dir).free - FLOOR_MIB * MIB - size
        filling = server.data_dir / "filling"
        filling.write_bytes(bytes(max(0, free)))
        try:
            bob.send_chunk(his, file, offset, CHUNK_BYTES)
        except Unexpected as unexpected:
            status = unexpected.status
        is_refused = status == FULL and bob.offset(his) == offset
        ann.send(hers, path)
        went_on = is_stored(server, her_video, path)
        filling.unlink()
        bob.send(his, path, bob.offset(his), {"Upload-Length": str(size)})
        resumed = is_stored(server, his_video, path)
    report.check(f"full disk (tmpfs of {DISK_MIB} MiB): 507, offset kept", is_refused, True)
    report.check("full disk: others whose space is reserved go on", went_on, True)
    report.check("full disk: goes on once there is space", resumed, True)


def _token(server: RunningServer, name: str) -> str:
    """Somebody with an account, and their token."""
    code = (
        "from vrewcraft.accounts.models import Token, User; "
        f"print(Token.objects.issue(User.objects.create_user({name!r}), 'bench'))"
    )
    done = server.manage("shell", "-v", "0", "-c", code)
    done.check_returncode()
    return done.stdout.split()[-1]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A tmpfs at `folder`; only root can mount one."""
    folder.mkdir()
    if os.geteuid() != 0:
        raise PermissionError("mounting a small disk needs root")
    options = ["-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    subprocess.run(["mount", *options], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)

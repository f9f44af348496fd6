"""A disk that fills up under several people's uploads."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from bench.harness.client import MIB, Client, Unexpected
from bench.harness.figures import Report
from bench.upload.files import is_same, random_file, source_of
from tests.servers.app import RunningServer

DISK_MIB, FLOOR_MIB = 200, 40
FILE_MIB, CHUNK = 40, 8 * MIB
FULL = 507
ENV = {
    "VREWCRAFT_MODE": "team",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SECRET_KEY": "bench" * 8,
    "VREWCRAFT_DISK_FLOOR_BYTES": str(FLOOR_MIB * MIB),
}


def full_disk(folder: Path, report: Report) -> None:
    """Ann's space is reserved, Bob's is not: his length is unknown. Then the disk is filled."""
    path = random_file(folder / "film.mp4", FILE_MIB * MIB, seed=5)
    size = path.stat().st_size
    with (
        small_disk(folder / "small"),
        RunningServer(folder / "small" / "data", env=ENV) as server,
        closing(Client(server.port, _token(server, "ann"))) as ann,
        closing(Client(server.port, _token(server, "bob"))) as bob,
        path.open("rb") as file,
    ):
        hers, her_video = ann.create(size)
        his, his_video = bob.create(None)
        offset = bob.send_chunk(his, file, 0, CHUNK)
        filling = _fill(server.data_dir, size)
        refused = _is_refused(bob, his, file, offset)
        ann.send(hers, path)
        went_on = is_same(source_of(server, her_video), path)
        filling.unlink()
        offset = bob.offset(his)
        while offset < size:
            piece = min(CHUNK, size - offset)
            offset = bob.send_chunk(his, file, offset, piece, {"Upload-Length": str(size)})
        resumed = is_same(source_of(server, his_video), path)
    faults = sum(not right for right in (refused, went_on, resumed))
    report.note("not refused by 507 with its offset kept", int(not refused))
    report.note("stopped though its space was reserved", int(not went_on))
    report.note("did not go on once there was space", int(not resumed))
    report.at_most(f"faults with a full disk (tmpfs of {DISK_MIB} MiB)", faults, 0)


def _fill(folder: Path, reserved: int) -> Path:
    """Take all but the floor and what is reserved, as somebody else's files would."""
    path = folder / "filling"
    free = shutil.disk_usage(folder).free
    path.write_bytes(bytes(max(0, free - FLOOR_MIB * MIB - reserved)))
    return path


def _is_refused(client: Client, location: str, file: IO[bytes], offset: int) -> bool:
    try:
        client.send_chunk(location, file, offset, CHUNK)
    except Unexpected as unexpected:
        return unexpected.status == FULL and client.offset(location) == offset
    return False


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

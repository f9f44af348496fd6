"""A disk that fills up under several people's uploads."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.uploads.client import MIB, Client, Site, Unexpected, random_file, source_of
from bench.uploads.proof import sha256
from tests.servers.app import RunningServer

DISK_MIB, FLOOR_MIB = 200, 40
FILE_MIB, LEFT_MIB = 40, 8
FULL = 507


@dataclass(frozen=True, slots=True)
class FullDisk:
    """What was seen; all of it must be true."""

    refused: bool
    """507 for the one whose space was not reserved, its offset unchanged."""
    others_went_on: bool
    """Another person's upload, begun before, came through to its last byte meanwhile."""
    resumed: bool
    """After space was freed the refused one went on, and its SHA-256 is right."""
    disk: str

    @property
    def holds(self) -> bool:
        """Whether all is as it should be."""
        return self.refused and self.others_went_on and self.resumed


def full_disk(folder: Path, scratch: Path) -> FullDisk:
    """Ann's space is reserved, Bob's is not: his length is unknown. Then the disk is filled."""
    path = random_file(scratch / "film.mp4", FILE_MIB * MIB, seed=5)
    env = {
        "VREWCRAFT_MODE": "team",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": "bench" * 8,
        "VREWCRAFT_DISK_FLOOR_BYTES": str(FLOOR_MIB * MIB),
    }
    with small_disk(folder) as disk, RunningServer(folder / "data", env=env) as server:
        tokens = [_token(server, name) for name in ("ann", "bob")]
        ann, bob = (Client(Site.of(server, token)) for token in tokens)
        with closing(ann), closing(bob), path.open("rb") as file:
            size = path.stat().st_size
            hers, her_video = ann.create(size)
            his, his_video = bob.create(None)
            at = bob.patch(his, file, 0, LEFT_MIB * MIB)
            ballast = _fill(server.data_dir, size)
            refused = _is_refused(bob, his, file, at)
            ann.send(hers, path)
            went_on = sha256(source_of(server, her_video)) == sha256(path)
            ballast.unlink()
            stands = bob.offset(his)
            while stands < size:
                piece = min(LEFT_MIB * MIB, size - stands)
                stands = bob.patch(his, file, stands, piece, {"Upload-Length": str(size)})
            resumed = sha256(source_of(server, his_video)) == sha256(path)
    return FullDisk(refused, went_on, resumed, disk)


def _fill(folder: Path, reserved: int) -> Path:
    """Take all but the floor and what is reserved, as somebody else's files would."""
    path = folder / "ballast"
    free = shutil.disk_usage(folder).free
    path.write_bytes(bytes(max(0, free - FLOOR_MIB * MIB - reserved)))
    return path


def _is_refused(client: Client, location: str, file: IO[bytes], at: int) -> bool:
    try:
        client.patch(location, file, at, LEFT_MIB * MIB)
    except Unexpected as unexpected:
        return unexpected.status == FULL and client.offset(location) == at
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
def small_disk(folder: Path) -> Iterator[str]:
    """A tmpfs at `folder`; only root can mount one. Its name for the table."""
    folder.mkdir()
    if os.geteuid() != 0:
        raise PermissionError("mounting a small disk needs root")
    options = ["-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    subprocess.run(["mount", *options], check=True)
    try:
        yield f"tmpfs of {DISK_MIB} MiB"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)

"""Copies that cost no space where the filesystem can share it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from videos.storage import reflink

CONTENT = os.urandom(1024 * 1024)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A file of somebody."""
    path = tmp_path / "original.mp4"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def sharing(tmp_path: Path) -> Iterator[Path]:
    """A folder on a btrfs of its own, which can share blocks."""
    if os.geteuid() or not shutil.which("mkfs.btrfs"):
        pytest.skip("a btrfs can be made by root with btrfs-progs only")
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(128 * 1024 * 1024)
    subprocess.run(["mkfs.btrfs", "--quiet", str(image)], check=True)
    mounted = subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts no images")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_copy_has_the_same_bytes_and_is_another_file(original: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.mp4"
    reflink.copy(original, target)
    assert target.read_bytes() == CONTENT
    assert not target.samefile(original)


def test_saving_the_imported_file_in_place_changes_no_copy(original: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.mp4"
    reflink.copy(original, target)
    with original.open("r+b") as file:
        file.write(b"edited afterwards")
    assert target.read_bytes() == CONTENT


def test_an_existing_file_is_never_written_over(original: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.mp4"
    target.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        reflink.copy(original, target)
    assert target.read_bytes() == b"mine"


def test_where_the_kernel_cannot_copy_between_two_places_we_do(tmp_path: Path) -> None:
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second filesystem at hand")
    source = shared_memory / f"vrewcraft-test-{os.getpid()}"
    source.write_bytes(CONTENT)
    try:
        assert not reflink.copy(source, tmp_path / "copy.mp4")
    finally:
        source.unlink()
    assert (tmp_path / "copy.mp4").read_bytes() == CONTENT


def test_where_blocks_can_be_shared_a_copy_costs_nothing(sharing: Path) -> None:
    original = sharing / "original.mp4"
    original.write_bytes(os.urandom(40 * 1024 * 1024))
    os.sync()
    before = shutil.disk_usage(sharing).free
    copies = [sharing / f"{number}.mp4" for number in range(5)]
    assert all(reflink.copy(original, copy) for copy in copies)
    os.sync()
    assert before - shutil.disk_usage(sharing).free < 2 * 1024 * 1024
    with original.open("r+b") as file:
        file.write(b"edited afterwards")
    assert not copies[0].read_bytes().startswith(b"edited afterwards")

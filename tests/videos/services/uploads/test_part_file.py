"""Part files: one writer, and nothing left of what found no room."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.tus_raw import content_of
from videos.core.errors import AppError
from videos.services.uploads import part_file
from videos.services.uploads.part_file import Content

LARGE = os.urandom(3 * 1024 * 1024 + 5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty part file."""
    file = tmp_path / "upload.tus"
    file.touch()
    return file


def in_a_file(folder: Path, data: bytes) -> Content:
    """The bytes of a request as a server has spooled them."""
    file = (folder / "body").open("w+b")
    file.write(data)
    file.flush()
    return Content(file, len(data))


def test_a_spooled_body_lands_at_its_offset(path: Path, tmp_path: Path) -> None:
    content = in_a_file(tmp_path, LARGE)
    with part_file.writing(path) as file:
        part_file.write(file, 0, content_of(b"before"))
        part_file.write(file, 6, content)
    content.file.close()
    assert path.read_bytes() == b"before" + LARGE


def test_a_large_body_that_lies_in_memory_lands_there_too(path: Path) -> None:
    with part_file.writing(path) as file:
        part_file.write(file, 0, content_of(LARGE))
    assert path.read_bytes() == LARGE


def test_what_was_behind_it_is_cut_off(path: Path) -> None:
    path.write_bytes(b"0123456789")
    with part_file.writing(path) as file:
        part_file.write(file, 3, content_of(b"abc"))
    assert path.read_bytes() == b"012abc"


def test_a_second_writer_is_sent_away(path: Path) -> None:
    with (
        part_file.writing(path),
        pytest.raises(AppError, match="upload_locked"),
        part_file.writing(path),
    ):
        pass


def test_a_body_that_shrinks_is_an_error_and_no_endless_loop(path: Path, tmp_path: Path) -> None:
    content = in_a_file(tmp_path, LARGE)
    content.file.truncate(100)
    with part_file.writing(path) as file, pytest.raises(OSError, match="shorter"):
        part_file.write(file, 0, content)
    content.file.close()


@pytest.mark.parametrize("data", [b"few", LARGE], ids=["few", "many"])
def test_a_full_disk_is_said(tmp_path: Path, data: bytes) -> None:
    full, content = tmp_path / "full.tus", in_a_file(tmp_path, data)
    full.symlink_to("/dev/full")
    with content.file, part_file.writing(full) as file, pytest.raises(AppError, match="disk_full"):
        part_file.write(file, 0, content)


def test_what_found_no_room_is_cut_off_again(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        path = folder / "upload.tus"
        path.write_bytes(b"before")
        with (
            in_a_file(tmp_path, LARGE).file as body,
            part_file.writing(path) as file,
            pytest.raises(AppError, match="disk_full"),
        ):
            part_file.write(file, 6, Content(body, len(LARGE)))
        assert path.read_bytes() == b"before"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)

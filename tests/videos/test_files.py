"""Files on disk: keys without names of clients, folders of attempts, whole files or none."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from videos import files, incoming

VIDEO, TASK = UUID(int=1), UUID(int=2)
pytestmark = pytest.mark.usefixtures("data_dir")


def test_two_attempts_can_never_write_the_same_file() -> None:
    assert files.output_key(TASK, 1, "a.mp4") != files.output_key(TASK, 2, "a.mp4")
    assert files.source_key(VIDEO, ".mp4", 1) != files.source_key(VIDEO, ".mp4", 2)
    assert files.work_dir(TASK, 1) != files.work_dir(TASK, 2)


def test_a_fresh_work_folder_is_empty() -> None:
    folder = files.fresh_work_dir(TASK, 1)
    (folder / "half.mp4").write_bytes(b"x")
    assert list(files.fresh_work_dir(TASK, 1).iterdir()) == []


def test_what_a_killed_attempt_left_is_gone_once_another_ends(data_dir: Path) -> None:
    (files.fresh_work_dir(TASK, 1) / "half.mp4").write_bytes(b"x")
    files.fresh_work_dir(TASK, 2)
    files.clear_work_dir(TASK, 2)
    assert list((data_dir / "work").iterdir()) == []


def test_an_attempt_that_lost_its_claim_leaves_a_later_one_alone() -> None:
    files.fresh_work_dir(TASK, 1)
    (files.fresh_work_dir(TASK, 2) / "half.mp4").write_bytes(b"x")
    files.clear_work_dir(TASK, 1)
    assert (files.work_dir(TASK, 2) / "half.mp4").exists()


def test_clearing_twice_does_no_harm() -> None:
    files.fresh_work_dir(TASK, 1)
    files.clear_work_dir(TASK, 1)
    files.clear_work_dir(TASK, 1)


def test_publishing_moves_the_file_and_tells_its_size(data_dir: Path) -> None:
    path = incoming.folder() / "a.part"
    path.write_bytes(b"12345")
    assert files.publish(path, "outputs/1/1/a.mp4") == 5
    assert (data_dir / "library/outputs/1/1/a.mp4").read_bytes() == b"12345"
    assert not path.exists()


def test_publishing_what_is_not_there_publishes_nothing(data_dir: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.publish(data_dir / "none", "outputs/1/1/a.mp4")
    assert not (data_dir / "library/outputs/1/1/a.mp4").exists()


def test_unpublishing_takes_the_empty_folder_along(data_dir: Path) -> None:
    path = incoming.folder() / "a.part"
    path.write_bytes(b"1")
    files.publish(path, "outputs/1/1/a.mp4")
    files.unpublish("outputs/1/1/a.mp4")
    files.unpublish("outputs/1/1/a.mp4")
    assert not (data_dir / "library/outputs/1/1").exists()


@pytest.mark.parametrize("key", ["../../outside.mp4", "/etc/outside.mp4"])
def test_no_key_leads_out_of_the_library(key: str) -> None:
    path = incoming.folder() / f"{uuid4()}.part"
    path.write_bytes(b"1")
    with pytest.raises(Exception, match="outside"):
        files.publish(path, key)
    assert path.exists()

"""Files on disk: keys without names of clients, folders of attempts, whole files or none."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from videos.storage import inbox, keys, publishing, registry, workdir

VIDEO, TASK = UUID(int=1), UUID(int=2)
pytestmark = pytest.mark.usefixtures("data_dir")


def test_two_attempts_can_never_write_the_same_file() -> None:
    assert keys.output_key(TASK, 1, "a.mp4") != keys.output_key(TASK, 2, "a.mp4")
    assert keys.source_key(VIDEO, ".mp4", 1) != keys.source_key(VIDEO, ".mp4", 2)
    assert workdir.work_dir(TASK, 1) != workdir.work_dir(TASK, 2)


def test_a_fresh_work_folder_is_empty() -> None:
    folder = workdir.fresh_work_dir(TASK, 1)
    (folder / "half.mp4").write_bytes(b"x")
    assert list(workdir.fresh_work_dir(TASK, 1).iterdir()) == []


def test_what_a_killed_attempt_left_is_gone_once_another_ends(data_dir: Path) -> None:
    (workdir.fresh_work_dir(TASK, 1) / "half.mp4").write_bytes(b"x")
    workdir.fresh_work_dir(TASK, 2)
    workdir.clear_work_dir(TASK, 2)
    assert list((data_dir / "work").iterdir()) == []


def test_an_attempt_that_lost_its_claim_leaves_a_later_one_alone() -> None:
    workdir.fresh_work_dir(TASK, 1)
    (workdir.fresh_work_dir(TASK, 2) / "half.mp4").write_bytes(b"x")
    workdir.clear_work_dir(TASK, 1)
    assert (workdir.work_dir(TASK, 2) / "half.mp4").exists()


def test_clearing_twice_does_no_harm() -> None:
    workdir.fresh_work_dir(TASK, 1)
    workdir.clear_work_dir(TASK, 1)
    workdir.clear_work_dir(TASK, 1)


def test_publishing_moves_the_file_and_returns_its_size(data_dir: Path) -> None:
    path = inbox.folder() / "a.part"
    path.write_bytes(b"12345")
    assert publishing.publish(path, "outputs/1/1/a.mp4") == 5
    assert (data_dir / "library/outputs/1/1/a.mp4").read_bytes() == b"12345"
    assert not path.exists()


def test_publishing_what_is_not_there_publishes_nothing(data_dir: Path) -> None:
    with pytest.raises(FileNotFoundError):
        publishing.publish(data_dir / "none", "outputs/1/1/a.mp4")
    assert not (data_dir / "library/outputs/1/1/a.mp4").exists()


def test_unpublishing_takes_the_empty_folder_along(data_dir: Path) -> None:
    path = inbox.folder() / "a.part"
    path.write_bytes(b"1")
    publishing.publish(path, "outputs/1/1/a.mp4")
    registry.store().delete("outputs/1/1/a.mp4")
    registry.store().delete("outputs/1/1/a.mp4")
    assert not (data_dir / "library/outputs/1/1").exists()


@pytest.mark.parametrize("key", ["../../outside.mp4", "/etc/outside.mp4"])
def test_no_key_leads_out_of_the_library(key: str) -> None:
    path = inbox.folder() / f"{uuid4()}.part"
    path.write_bytes(b"1")
    with pytest.raises(Exception, match="outside"):
        publishing.publish(path, key)
    assert path.exists()

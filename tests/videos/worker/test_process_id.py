"""Who a worker is, and whether its process still lives."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from videos.worker import process_id

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")


def test_a_process_has_one_name_of_its_own() -> None:
    assert process_id.this_process() == process_id.this_process()
    assert f"/{os.getpid()}/" in process_id.this_process()
    assert len(process_id.this_process()) <= 120


def test_a_living_process_is_not_dead() -> None:
    assert process_id.dead([process_id.this_process()]) == []


@linux
def test_a_process_that_has_ended_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        name = f"{process_id.this_host()}/{child.pid}/{process_id._started(child.pid)}"
        assert process_id.dead([name]) == []
        child.kill()
    assert process_id.dead([name]) == [name]


@linux
def test_a_number_that_another_process_has_now_does_not_pass_for_the_old_one() -> None:
    name = f"{process_id.this_host()}/{os.getpid()}/1"
    assert process_id.dead([name]) == [name]


@pytest.mark.parametrize("name", ["elsewhere/1/2", "", "x", "elsewhere/999999/1"])
def test_a_worker_of_another_machine_cannot_be_judged(name: str) -> None:
    assert process_id.dead([name]) == []


@pytest.mark.parametrize("rest", ["", "/", "/x/1", "/12", "/12/"])
def test_a_name_that_is_not_ours_cannot_be_judged(rest: str) -> None:
    assert process_id.dead([process_id.this_host() + rest]) == []

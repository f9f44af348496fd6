"""Who a worker is, and whether its process still lives."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from videos import identity

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")


def test_a_process_has_one_name_of_its_own() -> None:
    assert identity.this_process() == identity.this_process()
    assert f"/{os.getpid()}/" in identity.this_process()
    assert len(identity.this_process()) <= 120


def test_a_living_process_is_not_dead() -> None:
    assert identity.dead([identity.this_process()]) == []


@linux
def test_a_process_that_has_ended_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        name = f"{identity.this_host()}/{child.pid}/{identity._started(child.pid)}"
        assert identity.dead([name]) == []
        child.kill()
    assert identity.dead([name]) == [name]


@linux
def test_a_number_that_another_process_has_now_does_not_pass_for_the_old_one() -> None:
    name = f"{identity.this_host()}/{os.getpid()}/1"
    assert identity.dead([name]) == [name]


@pytest.mark.parametrize("name", ["elsewhere/1/2", "", "x", "elsewhere/999999/1"])
def test_a_worker_of_another_machine_cannot_be_judged(name: str) -> None:
    assert identity.dead([name]) == []


@pytest.mark.parametrize("rest", ["", "/", "/x/1", "/12", "/12/"])
def test_a_name_that_is_not_ours_cannot_be_judged(rest: str) -> None:
    assert identity.dead([identity.this_host() + rest]) == []

"""The launcher: limits that a child really has."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.videos.media.conftest import Watch
from videos.media.ffmpeg.errors import FfmpegMissing
from videos.media.ffmpeg.limits import LAUNCHER, Limits
from videos.media.ffmpeg.outcome import raise_for_exit

TELL = """
import json, os, resource, signal, sys
print(json.dumps({
    "cpu": resource.getrlimit(resource.RLIMIT_CPU)[0],
    "fsize": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
    "as": resource.getrlimit(resource.RLIMIT_AS)[0],
    "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
    "nice": os.nice(0),
    "parent": os.getppid(),
}))
"""


def tell(limits: Limits) -> dict[str, int]:
    argv = limits.wrap([sys.executable, "-c", TELL])
    answer = subprocess.run(argv, capture_output=True, check=True, timeout=20)
    reported: dict[str, int] = json.loads(answer.stdout)
    return reported


def test_a_child_has_the_requested_limits() -> None:
    reported = tell(Limits(cpu_seconds=7, file_bytes=10**6, memory_bytes=4 * 10**9, nice=3))
    assert (reported["cpu"], reported["fsize"], reported["as"], reported["core"]) == (
        7,
        10**6,
        4 * 10**9,
        0,
    )
    assert reported["nice"] == os.nice(0) + 3


def test_the_child_takes_the_place_of_the_launcher() -> None:
    assert tell(Limits())["parent"] == os.getpid()


def test_no_limit_is_no_limit() -> None:
    reported = tell(Limits())
    assert reported["cpu"] == resource.getrlimit(resource.RLIMIT_CPU)[0]
    assert reported["fsize"] == resource.getrlimit(resource.RLIMIT_FSIZE)[0]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGPIPE, signal.SIGXFSZ])
def test_a_child_ignores_no_signal_that_python_ignores(number: signal.Signals) -> None:
    argv = Limits().wrap(["/bin/cat", "/proc/self/status"])
    status = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20).stdout
    ignored = int(next(line.split()[1] for line in status.splitlines() if "SigIgn" in line), 16)
    assert not ignored & 1 << (number - 1)


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="no autogroups here")
def test_the_whole_session_steps_back() -> None:
    argv = Limits(nice=4).wrap(["/bin/cat", "/proc/self/autogroup"])
    reported = subprocess.run(
        argv, capture_output=True, text=True, check=True, timeout=20, start_new_session=True
    )
    assert reported.stdout.split()[-1] == "4"


def test_a_child_of_another_parent_does_not_start() -> None:
    argv = Limits().wrap(["/bin/echo", "started"])
    argv[argv.index("--parent") + 1] = str(os.getpid() + 1_000_000)
    ended = subprocess.run(argv, capture_output=True, timeout=20)
    assert (ended.returncode, ended.stdout) == (126, b"")


def test_a_program_that_cannot_be_run_is_said_to_be_missing(watch: Watch) -> None:
    finished = watch.run(["/nowhere/ffmpeg"])
    assert finished.exit_code == 127
    with pytest.raises(FfmpegMissing) as missing:
        raise_for_exit(finished)
    assert missing.value.args["detail"] == "cannot run ffmpeg: No such file or directory"


def test_the_launcher_loads_nothing_slow() -> None:
    imports = LAUNCHER.read_text().partition("PR_SET")[0]
    argv = [sys.executable, "-I", "-S", "-c", f"{imports}\nprint(*sys.modules)"]
    loaded = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20).stdout
    slow = {"argparse", "dataclasses", "inspect", "pathlib", "re", "subprocess", "typing", "site"}
    assert not slow & set(loaded.split())

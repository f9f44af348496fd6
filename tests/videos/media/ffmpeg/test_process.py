"""Running children: progress, stops, limits, and that nothing outlives its time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import ffmpeg
import pytest

from tests.videos.media.conftest import Clips, Watch
from videos.media.ffmpeg import command
from videos.media.ffmpeg.errors import MemoryLimit, OutputTooLarge, TimedOut
from videos.media.ffmpeg.limits import Limits
from videos.media.ffmpeg.outcome import raise_for_exit
from videos.media.ffmpeg.process import StopReason, run_step
from videos.media.ffmpeg.progress import Report
from videos.media.ffmpeg.stopwatch import Stopwatch
from videos.media.jobs.child import ROOT
from videos.media.jobs.probe import probe_command

SILENT = "import time; time.sleep(60)"
BLOCK = "frame=1\\nprogress=continue"


def stop_when(
    ready: Callable[[], object], reason: StopReason = StopReason.CANCELLED
) -> Callable[[], StopReason | None]:
    return lambda: reason if ready() else None


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_an_encode_reports_its_way_to_the_end(watch: Watch, clips: Clips) -> None:
    film = command.input_file(clips.film())
    output = ffmpeg.output(film["v?"], film["a?"], "out.mp4", **{"c:v": "libx264", "c:a": "aac"})
    finished = watch.run(command.command(output))
    raise_for_exit(finished)
    assert (finished.exit_code, finished.signal, finished.stopped) == (0, None, None)
    assert finished.cpu_seconds > 0
    assert finished.wall_seconds > 0
    assert [report.ended for report in watch.reports][-1]
    assert watch.reports[-1].frame == 50
    assert watch.reports[-1].bytes == (watch.folder / "out.mp4").stat().st_size


def test_a_child_of_our_own_reports_in_the_same_way(watch: Watch) -> None:
    finished = watch.python(f"print('{BLOCK}'); print('{BLOCK}'.replace('continue', 'end'))")
    assert finished.exit_code == 0
    assert watch.reports == [Report(frame=1), Report(frame=1, ended=True)]


def test_what_is_printed_just_before_the_end_is_not_lost(watch: Watch) -> None:
    code = "import sys; print('progress=end'); sys.stderr.write('last words'); sys.exit(9)"
    finished = watch.python(code)
    assert finished.exit_code == 9
    assert finished.stderr_tail == "last words"
    assert watch.reports == [Report(ended=True)]


def test_the_process_id_stays_the_same(watch: Watch) -> None:
    watch.python("import os; open('pid', 'w').write(str(os.getpid()))")
    assert (watch.folder / "pid").read_text() == str(watch.pids[0])


def test_a_silent_child_is_stopped_at_once(watch: Watch) -> None:
    asked: list[float] = []

    def stop() -> StopReason | None:
        asked.append(time.monotonic())
        return StopReason.SHUTDOWN if len(asked) == 5 else None

    finished = watch.python(SILENT, stop=stop)
    assert finished.stopped is StopReason.SHUTDOWN
    assert finished.signal == signal.SIGTERM
    assert finished.exit_code == 128 + signal.SIGTERM
    assert asked[-1] - asked[0] < 10
    assert finished.wall_seconds < 20


@pytest.mark.slow
def test_a_child_that_ignores_sigterm_is_killed_after_two_seconds(watch: Watch) -> None:
    code = (
        f"import signal; signal.signal(15, signal.SIG_IGN); print('{BLOCK}', flush=True); {SILENT}"
    )
    finished = watch.python(code, stop=stop_when(lambda: watch.reports))
    assert (finished.signal, finished.stopped) == (signal.SIGKILL, StopReason.CANCELLED)
    assert 2 <= finished.wall_seconds < 20


def test_a_paused_child_can_be_stopped(watch: Watch) -> None:
    code = f"import os; print('{BLOCK}', flush=True); os.kill(os.getpid(), 19)"
    finished = watch.python(code, stop=stop_when(lambda: watch.reports))
    assert finished.signal == signal.SIGTERM


def test_nothing_is_reported_after_a_stop(watch: Watch) -> None:
    code = f"""
import signal
signal.signal(15, lambda *_: exit('{BLOCK}'))
while True:
    print('{BLOCK}')
"""
    seen: list[int] = []

    def stop() -> StopReason | None:
        seen.append(len(watch.reports))
        return StopReason.LOST if watch.reports else None

    watch.python(code, stop=stop)
    assert len(watch.reports) == seen[-1]


def test_grandchildren_die_with_a_stopped_child(watch: Watch, alive: Callable[[int], bool]) -> None:
    pid = watch.folder / "pid"
    code = f"""
import subprocess
sleeper = subprocess.Popen(["sleep", "60"])
open("pid", "w").write(str(sleeper.pid) + " ")
{SILENT}
"""
    watch.python(code, stop=stop_when(lambda: pid.exists() and " " in pid.read_text()))
    assert eventually(lambda: not alive(int(pid.read_text())))


def test_grandchildren_die_with_a_child_that_ended(
    watch: Watch, alive: Callable[[int], bool]
) -> None:
    code = "import subprocess as s; open('pid','w').write(str(s.Popen(['sleep', '60']).pid))"
    finished = watch.python(code)
    assert finished.exit_code == 0
    assert finished.wall_seconds < 20
    assert eventually(lambda: not alive(int((watch.folder / "pid").read_text())))


@pytest.mark.skipif(sys.platform != "linux", reason="PDEATHSIG is Linux's own")
def test_a_child_dies_when_its_parent_is_killed(
    tmp_path: Path, alive: Callable[[int], bool]
) -> None:
    code = """
import sys
from pathlib import Path
from videos.media.ffmpeg.limits import Limits
from videos.media.ffmpeg.process import run_step
run_step(
    ["/bin/sh", "-c", "echo progress=continue; exec sleep 60"],
    cwd=Path.cwd(), limits=Limits(), stop=lambda: None,
    on_started=lambda pid: print(pid, flush=True), on_report=lambda r: print("up", flush=True),
)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == "up\n"
        assert alive(child)
        parent.kill()
    assert eventually(lambda: not alive(child))


@pytest.mark.parametrize("fails", ["on_report", "stop", "on_started"])
def test_no_child_outlives_a_callback_that_fails(
    fails: str, tmp_path: Path, alive: Callable[[int], bool]
) -> None:
    pids: list[int] = []

    def fail(*_: object) -> None:
        raise LookupError(fails)

    def note(pid: int) -> None:
        pids.append(pid)
        if fails == "on_started":
            fail()

    with pytest.raises(LookupError, match=fails):
        run_step(
            [sys.executable, "-c", f"print('{BLOCK}', flush=True); {SILENT}"],
            cwd=tmp_path,
            limits=Limits(),
            on_report=fail if fails == "on_report" else lambda _: None,
            stop=fail if fails == "stop" else lambda: None,
            on_started=note,
        )
    assert not alive(pids[0])


def test_wall_time_is_limited(watch: Watch) -> None:
    finished = watch.python(SILENT, limits=Limits(wall_seconds=0.3))
    assert finished.stopped is StopReason.TIMED_OUT
    assert finished.wall_seconds < 20
    with pytest.raises(TimedOut):
        raise_for_exit(finished)


@pytest.mark.slow
def test_processor_time_is_limited(watch: Watch) -> None:
    finished = watch.python("while True: pass", limits=Limits(cpu_seconds=1, wall_seconds=30))
    assert finished.stopped is StopReason.CPU_SPENT
    assert finished.cpu_seconds < 3


@pytest.mark.slow
def test_ffmpeg_out_of_processor_time_is_no_bad_media(watch: Watch) -> None:
    endless = command.lavfi_input("testsrc2=size=640x360")
    argv = command.command(
        ffmpeg.output(endless, "out.mp4", preset="veryfast", **{"c:v": "libx264"})
    )
    finished = watch.run(argv, limits=Limits(cpu_seconds=1, wall_seconds=30))
    assert finished.stopped is StopReason.CPU_SPENT


def test_the_size_of_files_is_limited(watch: Watch) -> None:
    argv = command.command(ffmpeg.output(command.lavfi_input("testsrc2=duration=9"), "out.avi"))
    finished = watch.run(argv, limits=Limits(file_bytes=50_000, wall_seconds=30))
    assert finished.signal == signal.SIGXFSZ
    assert (watch.folder / "out.avi").stat().st_size <= 50_000
    with pytest.raises(OutputTooLarge):
        raise_for_exit(finished)


def test_memory_is_limited_and_the_error_says_so(watch: Watch) -> None:
    limits = Limits(memory_bytes=300 * 1024**2, wall_seconds=30)
    finished = watch.python("bytearray(10**9)", limits=limits)
    with pytest.raises(MemoryLimit) as caught:
        raise_for_exit(finished)
    assert caught.value.args == {"limit": 300}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_paused_child_does_not_run_and_its_time_does_not_count(watch: Watch) -> None:
    began = time.monotonic()
    finished = watch.python(
        "import time; time.sleep(0.3)",
        limits=Limits(wall_seconds=1.5),
        paused=lambda: time.monotonic() - began < 2.0,
    )
    assert (finished.exit_code, finished.stopped) == (0, None)
    assert time.monotonic() - began >= 2.0
    assert finished.wall_seconds < 1.5


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_a_child_is_paused_exactly_as_long_as_requested(watch: Watch, seconds: float) -> None:
    clock, began = Stopwatch(), time.monotonic()
    clock.stop()  # as the step before left it
    finished = run_step(
        [sys.executable, "-c", "import time; time.sleep(0.3)"],
        cwd=watch.folder,
        limits=Limits(wall_seconds=30),
        on_report=watch.reports.append,
        stop=lambda: None,
        paused=lambda: time.monotonic() - began < seconds,
        clock=clock,
    )
    assert finished.exit_code == 0
    assert time.monotonic() - began >= seconds
    assert not clock.stands


def test_a_flood_on_stderr_leaves_its_last_4_kib(watch: Watch) -> None:
    code = (
        "import sys\nfor n in range(300): sys.stderr.write(f'{n:065535}\\n')\nprint('progress=end')"
    )
    finished = watch.python(code)
    assert finished.exit_code == 0
    assert len(finished.stderr_tail) == 4096
    assert finished.stderr_tail.endswith("299\n")
    assert watch.reports == [Report(ended=True)]


def test_endless_lines_on_stdout_take_no_memory(watch: Watch) -> None:
    code = "import sys\nfor _ in range(20): sys.stdout.write('x' * 2**20)\nprint('\\nprogress=end')"
    tracemalloc.start()
    try:
        watch.python(code)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20
    assert watch.reports == [Report(ended=True)]


def test_a_child_sees_no_secrets_and_no_input(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    monkeypatch.setenv("FFREPORT", "file=report.log")
    finished = watch.python(
        "import os, sys; sys.exit('SECRET_KEY' in os.environ or 'FFREPORT' in os.environ"
        " or len(sys.stdin.read()))"
    )
    assert finished.exit_code == 0


def test_files_of_the_work_folder_are_not_imported(watch: Watch, clips: Clips) -> None:
    (watch.folder / "av.py").write_text("raise SystemExit(66)")
    (watch.folder / "json.py").write_text("raise SystemExit(66)")
    finished = watch.run(probe_command(clips.film(), watch.folder / "probe.json"))
    assert finished.exit_code == 0


def test_the_server_does_not_load_pyav() -> None:
    names = [
        *("ffmpeg.command", "ffmpeg.outcome", "ffmpeg.errors", "ffmpeg.limits", "ffmpeg.process"),
        *("probe.model", "jobs.poster", "jobs.probe", "verify"),
    ]
    imports = "\n".join(f"import videos.media.{name}" for name in names)
    code = f"{imports}\nimport sys; sys.exit('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=20).returncode == 0

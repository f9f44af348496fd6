"""How far ffmpeg is in moving its output about, which it does in silence."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from videos.media.ffmpeg.command import ffmpeg_path
from videos.media.ffmpeg.faststart import part_rewritten

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

SIZE = 1000
CHILD = """
import sys
written = open(sys.argv[1], "r+b", buffering=0)
if len(sys.argv) > 2:
    read = open(sys.argv[1], "rb", buffering=0)
    read.seek(int(sys.argv[2]))
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def child(path: Path, *words: str) -> Iterator[int]:
    """A process that has the file open for writing, and for reading where a place is given."""
    argv = [sys.executable, "-c", CHILD, str(path), *words]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(argv, text=True, **pipes) as process:  # type: ignore[call-overload]
        process.stdout.readline()
        yield process.pid
        process.stdin.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "out.mp4"
    path.write_bytes(bytes(SIZE))
    return path


def test_a_file_that_is_only_written_is_not_moved_about(file: Path) -> None:
    with child(file) as pid:
        assert part_rewritten(pid, file) is None


def test_the_read_position_gives_the_progress(file: Path) -> None:
    with child(file, "250") as pid:
        assert part_rewritten(pid, file) == 0.25


def test_another_file_and_a_process_that_is_gone_give_no_progress(
    file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(b"1")
    with child(file, "250") as pid:
        assert part_rewritten(pid, other) is None
    assert part_rewritten(pid, file) is None


@pytest.mark.slow
def test_ffmpeg_reads_its_own_output_to_put_the_index_first(tmp_path: Path) -> None:
    source, copied = tmp_path / "noise.mp4", tmp_path / "copied.mp4"
    noise = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30,noise=alls=100:allf=t"]
    lossless = ["-t", "3", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"]
    quiet = [ffmpeg_path(), "-nostdin", "-v", "error"]
    subprocess.run([*quiet, *noise, *lossless, str(source)], check=True)
    argv = [*quiet, "-i", str(source), "-c", "copy", "-movflags", "+faststart", str(copied)]
    seen = []
    with subprocess.Popen(argv) as process:
        while process.poll() is None:
            part = part_rewritten(process.pid, copied)
            if part is not None:
                seen.append(part)
            time.sleep(0.001)
    assert process.returncode == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 1

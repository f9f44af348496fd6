"""What the end of a child means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from videos.media.ffmpeg.errors import Encrypted
from videos.media.ffmpeg.outcome import Finished, StepStopped, StopReason, detail_of, raise_for_exit


def ended(
    exit_code: int = 0,
    stderr: str = "",
    *,
    signal: int | None = None,
    stopped: StopReason | None = None,
) -> Finished:
    code = 128 + signal if signal else exit_code
    return Finished(code, signal, stderr, wall_seconds=1.0, cpu_seconds=1.0, stopped=stopped)


def code_of(finished: Finished) -> str:
    with pytest.raises(Exception, match=r".") as raised:
        raise_for_exit(finished)
    return str(getattr(raised.value, "code", raised.value))


def test_exit_code_0_is_fine() -> None:
    raise_for_exit(ended(0, "[warning] deprecated pixel format"))


@pytest.mark.parametrize(
    ("finished", "code"),
    [
        (ended(1), "bad_media"),
        (ended(0, "[fatal] File 'out.mp4' already exists. Exiting."), "bad_media"),
        (ended(183, "[error] Invalid data found when processing input"), "bad_media"),
        (ended(228, "[fatal] Error writing trailer: No space left on device"), "disk_full"),
        (ended(1, "[error] av_interleaved_write_frame(): Disk quota exceeded"), "disk_full"),
        (ended(244, "[error] Cannot allocate memory"), "out_of_memory"),
        (ended(1, "Traceback ...\nMemoryError"), "out_of_memory"),
        (ended(127, "[fatal] cannot run ffmpeg: No such file or directory"), "ffmpeg_missing"),
        (ended(127), "bad_media"),
        (ended(255, "[error] Immediate exit requested"), "crashed"),
        (ended(signal=9), "out_of_memory"),
        (ended(signal=11), "crashed"),
        (ended(signal=6), "crashed"),
        (ended(signal=15), "crashed"),
        (ended(signal=24), "cpu_limit"),
        (ended(signal=25), "output_limit"),
        (ended(signal=9, stopped=StopReason.TIMED_OUT), "timed_out"),
        (ended(signal=9, stopped=StopReason.STALLED), "stalled"),
        (ended(signal=9, stopped=StopReason.CPU_SPENT), "cpu_limit"),
        (ended(signal=15, stopped=StopReason.CANCELLED), "cancelled"),
        (ended(0, stopped=StopReason.SHUTDOWN), "shutdown"),
        (ended(255, stopped=StopReason.LOST), "lost"),
    ],
)
def test_each_end_has_a_meaning(finished: Finished, code: str) -> None:
    assert code_of(finished) == code


def test_a_stop_on_purpose_is_no_media_error() -> None:
    with pytest.raises(StepStopped) as stopped:
        raise_for_exit(ended(signal=15, stopped=StopReason.CANCELLED))
    assert stopped.value.reason is StopReason.CANCELLED


def test_a_child_of_our_own_says_why_it_refused(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"error": {"code": "encrypted", "args": {}}}))
    with pytest.raises(Encrypted) as refused:
        raise_for_exit(ended(3, "tail"), result)
    assert refused.value.stderr_tail == "tail"


@pytest.mark.parametrize(
    ("stderr", "detail"),
    [
        (
            """\
[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55d] [error] moov atom not found
[in#0 @ 0x55e] [error] Error opening input: Invalid data found
[error] Error opening input file file:/srv/my videos/a1/source.mp4.
[fatal] Error opening input files: Invalid data found
""",
            "moov atom not found",
        ),
        (
            "[error] /home/Kim Lee/data/source.mp4: Permission denied\n",
            "source.mp4: Permission denied",
        ),
        ("[error] 'file:/srv/x/y.mp4' is bad\n", "'y.mp4' is bad"),
        ("[error] bad ratio 3/4 and 5/6\n", "bad ratio 3/4 and 5/6"),
        ("[error] real\n[warning] later and harmless\nConversion failed!\n", "real"),
        ("[warning] only a warning\n", "only a warning"),
        ("Conversion failed!\n", "Conversion failed!"),
        ("", ""),
        ("[error] " + "x" * 5000, "x" * 200),
    ],
)
def test_the_detail_is_the_line_that_says_most(stderr: str, detail: str) -> None:
    assert detail_of(stderr) == detail

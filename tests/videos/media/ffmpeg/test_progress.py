"""The progress parser, on literal lines."""

from __future__ import annotations

import pytest

from videos.media.ffmpeg.progress import Report, ReportParser, format_report

BLOCK = """\
frame=120
fps=59.94
stream_0_0_q=-1.0
bitrate= 920.2kbits/s
total_size=460091
out_time_us=4000000
out_time_ms=4000000
out_time=00:00:04.000000
dup_frames=0
drop_frames=0
speed=1.52e+03x
progress=continue
"""


def reports_of(text: str) -> list[Report]:
    parser = ReportParser()
    fed = (parser.feed(line) for line in text.splitlines(keepends=True))
    return [report for report in fed if report]


def test_a_block_is_one_report() -> None:
    assert reports_of(BLOCK) == [
        Report(frame=120, fps=59.94, bytes=460091, out_time_us=4_000_000, speed=1520.0, ended=False)
    ]


def test_the_last_block_says_that_it_ended() -> None:
    (report,) = reports_of(BLOCK.replace("progress=continue", "progress=end"))
    assert report.ended


def test_nothing_comes_before_the_block_is_whole() -> None:
    assert reports_of(BLOCK.replace("progress=continue\n", "")) == []


def test_windows_line_ends_are_line_ends() -> None:
    assert reports_of(BLOCK.replace("\n", "\r\n")) == reports_of(BLOCK)


def test_spaces_around_values_do_not_matter() -> None:
    assert reports_of(" frame =  7 \nprogress= end \n") == [Report(frame=7, ended=True)]


def test_not_available_is_none() -> None:
    block = "frame=0\nfps=N/A\ntotal_size=N/A\nout_time_us=N/A\nspeed=N/A\nprogress=continue\n"
    assert reports_of(block) == [Report(frame=0)]


def test_sound_alone_has_no_frame() -> None:
    (report,) = reports_of("total_size=44\nout_time_us=1000\nspeed=2x\nprogress=continue\n")
    assert report == Report(frame=None, bytes=44, out_time_us=1000, speed=2.0)


def test_out_time_ms_is_ignored() -> None:
    assert reports_of("out_time_ms=4000000\nprogress=end\n") == [Report(ended=True)]


def test_a_value_of_one_block_does_not_leak_into_the_next() -> None:
    assert reports_of("frame=9\nprogress=continue\nprogress=end\n")[1] == Report(ended=True)


def test_a_time_may_be_negative() -> None:
    assert reports_of("out_time_us=-23220\nprogress=continue\n")[0].out_time_us == -23220


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "garbage",
        "=",
        "=5",
        "frame",
        "frame=",
        "frame=abc",
        "frame=1_000",
        "frame=12.5",
        "frame=" + "9" * 5000,
        "frame=99999999999999999999999",
        "fps=nan",
        "fps=inf",
        "speed=x",
        "speed=-infx",
        "progress=maybe",
        "[warning] frame= 12",
        "\x00\ufffd\u2603=\u2603",
    ],
)
def test_garbage_is_ignored(line: str) -> None:
    assert reports_of(f"{line}\nprogress=end\n") == [Report(ended=True)]


def test_a_line_that_is_too_long_is_ignored() -> None:
    assert reports_of("progress=end" + " " * 2000 + "\n") == []


def test_what_our_children_print_is_read_back() -> None:
    report = Report(frame=5, fps=2.5, bytes=77, out_time_us=-3, speed=0.5, ended=True)
    assert reports_of(format_report(report)) == [report]
    assert reports_of(format_report(Report())) == [Report()]

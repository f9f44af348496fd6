"""Bounded readers of pipes."""

from __future__ import annotations

from videos.media.ffmpeg.outcome import TAIL_BYTES, Tail
from videos.media.ffmpeg.progress import MAX_LINE, LineSplitter


def test_lines_come_whole_from_pieces() -> None:
    lines = LineSplitter()
    assert lines.feed(b"fra") == []
    assert lines.feed(b"me=1\nfps=2\npro") == ["frame=1", "fps=2"]
    assert lines.feed(b"gress=end\n") == ["progress=end"]


def test_an_endless_line_is_dropped_and_the_next_one_read() -> None:
    lines = LineSplitter()
    for _ in range(1000):
        assert lines.feed(b"x" * 1024) == []
        assert len(lines._rest) <= MAX_LINE
    assert lines.feed(b"rest\nframe=1\n") == ["frame=1"]


def test_broken_characters_do_not_stop_reading() -> None:
    assert LineSplitter().feed(b"\xff\xfe\n") == ["\ufffd\ufffd"]


def test_the_tail_is_the_last_4_kib() -> None:
    tail = Tail()
    for number in range(10_000):
        tail.feed(b"line %d\n" % number)
    assert len(tail.text()) == TAIL_BYTES
    assert tail.text().endswith("line 9999\n")


def test_the_tail_is_text_that_any_database_takes() -> None:
    tail = Tail()
    tail.feed("한국어".encode() * 1000 + b"a\x00b")
    assert tail.text().startswith(("한", "국", "어"))
    assert tail.text().endswith("a\ufffdb")

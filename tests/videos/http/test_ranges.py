"""The Range header by RFC 9110, section 14.1.2, on literal headers."""

from __future__ import annotations

import pytest

from videos.http.ranges import ByteRange, Unsatisfiable, parse_range

SIZE = 10_000


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        # The RFC's own examples, for a file of 10,000 bytes
        ("bytes=0-499", 0, 500),
        ("bytes=500-999", 500, 1000),
        ("bytes=-500", 9500, 10_000),
        ("bytes=9500-", 9500, 10_000),
        ("bytes=0-0", 0, 1),
        # Past the end: cut to what there is
        ("bytes=9999-20000", 9999, 10_000),
        ("bytes=-20000", 0, 10_000),
        ("bytes=0-99999999999999999", 0, 10_000),
        # Spelling
        ("Bytes=1-2", 1, 3),
        ("bytes= 1-2 ", 1, 3),
        # Several ranges: the first that can be satisfied
        ("bytes=0-0,-1", 0, 1),
        ("bytes= , 500-600 , 601-999", 500, 601),
        ("bytes=10000-,5-6", 5, 7),
    ],
)
def test_a_range_is_a_part_of_the_file(header: str, start: int, end: int) -> None:
    part = parse_range(header, SIZE)
    assert part is not None
    assert (part.start, part.end, part.length) == (start, end, end - start)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=abc",
        "bytes=5-4",
        "bytes=0-1,5-4",
        "bytes=1-2-3",
        "bytes=--5",
        "bytes=+1-2",
        "bytes=1.5-2",
        "bytes=٣-٤",
        "bytes=0-" + "9" * 5000,
        "items=0-5",
        "0-5",
    ],
)
def test_what_is_no_valid_range_is_ignored(header: str) -> None:
    assert parse_range(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001", "bytes=-0"])
def test_a_range_outside_the_file_is_unsatisfiable(header: str) -> None:
    with pytest.raises(Unsatisfiable, match="bytes"):
        parse_range(header, SIZE)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-5"])
def test_an_empty_file_has_no_ranges(header: str) -> None:
    assert parse_range(header, 0) is None


def test_only_a_range_without_an_end_is_open() -> None:
    ranges = [parse_range(f"bytes={spec}", SIZE) for spec in ("5-", "5-9", "-5")]
    assert [part.open_ended for part in ranges if part] == [True, False, False]


def test_the_answer_says_which_bytes_it_holds() -> None:
    part = ByteRange(500, 1000, open_ended=False)
    assert part.content_range(SIZE) == "bytes 500-999/10000"
    assert part.capped(100) == ByteRange(500, 600, open_ended=False)
    assert part.capped(900) == part

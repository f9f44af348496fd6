"""File names that clients send, and those that browsers are told."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videos.core.filenames import (
    MAX_LENGTH,
    clean_name,
    content_disposition,
    output_name,
    split_name,
)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("talk.mp4", "talk.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\talk.mov", "talk.mov"),
        ("/", "video"),
        ("..", "video"),
        ("", "video"),
        (" . ", "video"),
        (".mp4", "video.mp4"),
        ('a "quoted" one.mp4', 'a "quoted" one.mp4'),
        ("two\nlines\r\n.mp4", "two lines.mp4"),
        ("nul\x00 tab\t.mp4", "nul tab.mp4"),
        ("line\u2028separator.mp4", "line separator.mp4"),
        ("evil\u202e4pm.exe", "evil4pm.exe"),
        ("half\ud800.mp4", "half\ufffd.mp4"),
        ("trailing.mp4. . ", "trailing.mp4"),
        ("👩‍👧 family.mp4", "👩‍👧 family.mp4"),
    ],
)
def test_a_name_is_made_safe(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


def test_hangul_is_composed() -> None:
    assert clean_name(unicodedata.normalize("NFD", "강의.mp4")) == "강의.mp4"


@pytest.mark.parametrize("letter", ["a", "한"])
def test_a_long_name_keeps_its_extension(letter: str) -> None:
    name = clean_name(letter * 300 + ".mp4")
    assert len(name) == MAX_LENGTH
    assert name.endswith(letter + ".mp4")


@given(st.text())
def test_any_name_ends_up_safe(raw: str) -> None:
    name = clean_name(raw)
    assert 0 < len(name) <= MAX_LENGTH
    assert not set(name) & set('/\\\0\r\n\t"') - {'"'}
    assert clean_name(name) == name
    name.encode()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.b.mp4", ("a.b", ".mp4")),
        ("no extension", ("no extension", "")),
        ("Mr. Kim speaks", ("Mr. Kim speaks", "")),
        ("dot.", ("dot.", "")),
    ],
)
def test_the_extension_is_what_follows_the_last_dot(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("talk.mov", "talk_trimmed.mp4"),
        ("강의 1.주차.mkv", "강의 1.주차_trimmed.mp4"),
        ("no extension", "no extension_trimmed.mp4"),
        ("../x.mp4", "x_trimmed.mp4"),
    ],
)
def test_an_output_is_named_after_its_source(source: str, output: str) -> None:
    assert output_name(source, "trimmed", "mp4") == output


def test_an_output_of_a_long_name_is_still_recognised() -> None:
    name = output_name("a" * 300 + ".mp4", "trimmed", "mp4")
    assert len(name) == MAX_LENGTH
    assert name.endswith("a_trimmed.mp4")


def test_a_plain_name_is_quoted() -> None:
    assert content_disposition("a b.mp4", inline=False) == 'attachment; filename="a b.mp4"'
    assert content_disposition("a.mp4", inline=True) == 'inline; filename="a.mp4"'


@pytest.mark.parametrize(
    "name",
    ["강의.mp4", 'a"b.mp4', "50%.mp4", "한" * 140 + ".mp4", "a;b,c='d'.mp4", "👩‍👧.mp4", "a?b.mp4"],
)
def test_a_browser_reads_the_real_name_back(name: str) -> None:
    header = content_disposition(name, inline=False)
    assert header.isascii()
    assert header.isprintable()
    _, _, encoded = header.partition("filename*=UTF-8''")
    plain = header.split('"')[1]
    assert (unquote(encoded) or plain) == name
    assert not set(plain) & set('"\\%')


@given(st.text())
def test_any_name_makes_one_header_line(name: str) -> None:
    header = content_disposition(name, inline=True)
    assert header.isascii()
    assert header.isprintable()

"""What the first bytes and the outer boxes tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from videos.media.probe.sniff import boxes_of, is_list, is_webm


@pytest.mark.parametrize(
    "head",
    [
        b"#EXTM3U\n#EXT-X-VERSION:3\n",
        b"\xef\xbb\xbf#EXTM3U\n",
        b"\n \t#extm3u\n",
        b"ffconcat version 1.0\nfile x\n",
        b";FFMETADATA1\ntitle=x\n",
        b"[playlist]\nFile1=/etc/passwd\n",
        b"[InternetShortcut]\nURL=file:///x\n",
        b"[Reference]\nRef1=http://x\n",
        b'<?xml version="1.0"?><MPD></MPD>',
        b"<MPD xmlns='x'>",
        b"<svg xmlns='x'>",
        b"<smil>",
        b"<!DOCTYPE html>",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
        b"v=0\ns=x\n",
    ],
)
def test_lists_of_other_files_are_known_by_their_text(head: bytes) -> None:
    assert is_list(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0\0\0\x20ftypisom",
        b"\x1a\x45\xdf\xa3",
        b"RIFF\0\0\0\0AVI ",
        b"G@\0\x10",
        b"plain text that is not a list",
        b"<svgx",
    ],
)
def test_media_is_no_list(head: bytes) -> None:
    assert not is_list(head)


def box(kind: bytes, payload: bytes = b"", length: int | None = None) -> bytes:
    size = len(payload) + 8 if length is None else length
    return size.to_bytes(4, "big") + kind + payload


FTYP = box(b"ftyp", b"isom" + bytes(4))


@pytest.mark.parametrize(
    ("content", "indexed", "cut"),
    [
        (FTYP + box(b"mdat", bytes(50)) + box(b"moov", bytes(20)), True, False),
        (FTYP + box(b"moov", bytes(20)) + box(b"mdat", bytes(50)), True, False),
        (FTYP + box(b"moov", bytes(20)) + box(b"mdat", bytes(50), length=900), True, True),
        (FTYP + box(b"mdat", bytes(50), length=900), False, True),
        (FTYP + box(b"mdat", bytes(50)) + box(b"moov", bytes(20), length=900), False, True),
        (FTYP + box(b"mdat", bytes(50)), False, False),
        (FTYP + box(b"moov", bytes(20)) + box(b"mdat", bytes(50), length=0), True, False),
        (FTYP + box(b"moov", b"") + box(b"mdat", (90).to_bytes(8, "big"), length=1), True, True),
        (FTYP + box(b"moof", bytes(20)), True, False),
        (FTYP + box(b"moov", bytes(20)) + b"\0\0", True, False),
        (FTYP + box(b"free", b"", length=3) + box(b"moov"), False, False),
    ],
)
def test_the_boxes_show_what_is_missing(
    content: bytes, indexed: bool, cut: bool, tmp_path: Path
) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    boxes = boxes_of(path, content)
    assert boxes is not None
    assert (boxes.indexed, boxes.cut) == (indexed, cut)


def test_other_files_have_no_boxes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"RIFF\0\0\0\0AVI ")
    assert boxes_of(path, b"RIFF\0\0\0\0AVI ") is None


def test_webm_is_matroska_that_says_so() -> None:
    assert is_webm(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm")
    assert not is_webm(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska")
    assert not is_webm(b"webm")

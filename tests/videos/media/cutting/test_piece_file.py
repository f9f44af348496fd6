"""Pieces on disk: whole or not at all, and damage is noticed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videos.media.cutting import piece_file
from videos.media.cutting.piece_file import DamagedPieceError, PieceHead, PiecePacket

PACKETS = [
    PiecePacket(0, True, b"key"),
    PiecePacket(1024, False, b"p"),
    PiecePacket(512, False, b""),
]
HEAD = PieceHead("h264", "0142", (0, 1024, 512))


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    """A whole piece."""
    path = tmp_path / "one.piece"
    piece_file.write(path, HEAD, PACKETS)
    return path


def test_comes_back_as_it_was_written(piece: Path) -> None:
    assert piece_file.read_head(piece) == HEAD
    assert list(piece_file.read(piece)) == PACKETS
    assert piece_file.is_whole(piece)


@given(
    st.lists(st.builds(PiecePacket, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.binary())),
    st.text(),
)
def test_any_times_and_any_bytes_come_back(packets: list[PiecePacket], codec: str) -> None:
    head = PieceHead(codec, "", tuple(each.time for each in packets))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.piece")
        piece_file.write(path, head, packets)
        assert piece_file.read_head(path) == head
        assert list(piece_file.read(path)) == packets
        assert piece_file.is_whole(path)


def test_a_byte_that_has_changed_anywhere_is_noticed(piece: Path) -> None:
    whole = piece.read_bytes()
    for place in range(len(whole)):
        piece.write_bytes(whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :])
        assert not piece_file.is_whole(piece), place


def test_an_end_that_is_missing_is_noticed(piece: Path) -> None:
    whole = piece.read_bytes()
    for length in range(len(whole)):
        piece.write_bytes(whole[:length])
        assert not piece_file.is_whole(piece), length


def test_more_than_was_written_is_noticed(piece: Path) -> None:
    piece.write_bytes(piece.read_bytes() + b"\x00")
    assert not piece_file.is_whole(piece)


def test_a_piece_that_is_not_there_is_not_whole(tmp_path: Path) -> None:
    assert not piece_file.is_whole(tmp_path / "none.piece")


def test_reading_stops_where_data_is_missing(piece: Path) -> None:
    whole = piece.read_bytes()
    begin = whole.index(b"\n") + 1
    for length in range(begin, len(whole) - piece_file.DIGEST_BYTES - 1):
        piece.write_bytes(whole[:length])
        with pytest.raises(DamagedPieceError):
            list(piece_file.read(piece))


@pytest.mark.parametrize(
    "head", [b"", b"\n", b"\xff\xfe\n", b"[]\n", b"{}\n", b'{"codec":"h264","extradata":""}\n']
)
def test_a_head_that_says_nothing_is_damage(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "headless.piece"
    path.write_bytes(head)
    with pytest.raises(DamagedPieceError):
        piece_file.read_head(path)
    with pytest.raises(DamagedPieceError):
        list(piece_file.read(path))


def test_nothing_of_that_name_is_there_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "lost.piece"

    class Lost(Exception):
        pass

    class Broken(PiecePacket):
        def __getattribute__(self, name: str) -> object:
            raise Lost

    with pytest.raises(Lost):
        piece_file.write(path, HEAD, [PACKETS[0], Broken(1, False, b"")])
    assert not path.exists()
    assert [each.name for each in tmp_path.iterdir()] == ["lost.piece.partial"]


def test_writing_again_replaces_what_was_left_half_done(tmp_path: Path) -> None:
    path = tmp_path / "again.piece"
    path.with_name("again.piece.partial").write_bytes(b"half")
    piece_file.write(path, HEAD, PACKETS)
    assert piece_file.is_whole(path)
    assert [each.name for each in tmp_path.iterdir()] == ["again.piece"]

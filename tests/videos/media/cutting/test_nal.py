"""NAL units and the records of parameter sets."""

from __future__ import annotations

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.videos.media.cutting.bits import BitWriter, picture, sps
from tests.videos.media.cutting.exports import FILMS
from videos.media.cutting import nal
from videos.media.cutting.nal import (
    H264,
    HEVC,
    Bits,
    Sets,
    first_slice,
    sequence,
    sets_of,
    units_of,
)

SPS, PPS, SEI, IDR = sps(), b"\x68\xce\x38\x80", b"\x06\x05\x01\xff\x80", b"\x65\x88\x84"
VPS_H, SPS_H, PPS_H, SEI_H = b"\x40\x01\x0c", b"\x42\x01\x01", b"\x44\x01\xc1", b"\x4e\x01\x05"
# As an encoder writes them: no start code within, no zero at the end.
units = st.binary(min_size=1, max_size=60).filter(
    lambda unit: b"\x00\x00\x01" not in unit and unit[-1:] != b"\x00"
)


def avcc(sequences: list[bytes], pictures: list[bytes], prefix: int = 4) -> bytes:
    """ISO/IEC 14496-15, 5.3.3.1.2."""
    record = bytes((1, *sequences[0][1:4], 0xFC | prefix - 1, 0xE0 | len(sequences)))
    record += b"".join(len(unit).to_bytes(2, "big") + unit for unit in sequences)
    return (
        record
        + bytes((len(pictures),))
        + b"".join(len(unit).to_bytes(2, "big") + unit for unit in pictures)
    )


def hvcc(arrays: list[tuple[int, list[bytes]]], prefix: int = 4) -> bytes:
    """ISO/IEC 14496-15, 8.3.3.1.2."""
    record = bytes((1, *bytes(20), 0xFC | prefix - 1, len(arrays)))
    for kind, found in arrays:
        record += bytes((0x80 | kind,)) + len(found).to_bytes(2, "big")
        record += b"".join(len(unit).to_bytes(2, "big") + unit for unit in found)
    return record


def extradata(name: str) -> bytes:
    with av.open(str(FILMS / name)) as container:
        return bytes(container.streams.video[0].codec_context.extradata or b"")


class TestUnits:
    """What a packet holds, whatever stands before each unit."""

    @given(st.lists(units))
    def test_behind_lengths(self, found: list[bytes]) -> None:
        assert list(units_of(nal.with_lengths(found), 4)) == found

    @given(st.lists(units), st.sampled_from([b"\x00\x00\x01", b"\x00\x00\x00\x01"]))
    def test_behind_start_codes(self, found: list[bytes], code: bytes) -> None:
        assert list(units_of(b"".join(code + unit for unit in found), 0)) == found

    @pytest.mark.parametrize("prefix", [1, 2, 3, 4])
    def test_a_length_has_as_many_bytes_as_the_record_says(self, prefix: int) -> None:
        data = b"".join(len(unit).to_bytes(prefix, "big") + unit for unit in (SEI, IDR))
        assert list(units_of(data, prefix)) == [SEI, IDR]

    def test_zeros_behind_a_unit_are_none_of_it(self) -> None:
        data = b"\x00\x00\x00\x01" + SEI + b"\x00\x00\x00\x00\x01" + IDR + b"\x00\x00"
        assert list(units_of(data, 0)) == [SEI, IDR]

    def test_what_stands_before_the_first_start_code_is_none(self) -> None:
        assert list(units_of(b"\xff\xff\x00\x00\x01" + IDR, 0)) == [IDR]
        assert list(units_of(b"\xff\xff", 0)) == []

    def test_empty_units_are_none(self) -> None:
        assert list(units_of(bytes(4) + nal.with_lengths([IDR]), 4)) == [IDR]

    @given(st.binary(max_size=80), st.integers(0, 4))
    def test_damaged_packets_are_read_without_an_error(self, data: bytes, prefix: int) -> None:
        assert sum(map(len, units_of(data, prefix))) <= len(data)

    def test_types_are_read_as_each_codec_writes_them(self) -> None:
        assert [nal.kind_of(H264, unit) for unit in (SPS, PPS, IDR)] == [7, 8, 5]
        assert [nal.kind_of(HEVC, unit) for unit in (VPS_H, SPS_H, PPS_H)] == [32, 33, 34]
        assert nal.kinds_of(H264, nal.with_lengths([SEI, IDR]), 4) == {6, 5}

    def test_an_entry_becomes_a_splice_point_and_nothing_else_does(self) -> None:
        cra, trail = bytes((21 << 1, 1, 9, 9)), bytes((1 << 1, 1, 9, 9))
        made = nal.as_splice_point(cra)
        assert nal.kind_of(HEVC, made) == nal.HEVC_BLA
        assert made[1:] == cra[1:]
        assert nal.as_splice_point(trail) == trail


class TestSets:
    """Parameter sets beside the packets: records of an MP4, or units behind start codes."""

    @pytest.mark.parametrize("prefix", [1, 2, 4])
    def test_those_of_an_avcc(self, prefix: int) -> None:
        second = sps(number=1)
        record = avcc([SPS, second], [PPS], prefix)
        assert sets_of(H264, record) == Sets(prefix, (SPS, second, PPS))

    @pytest.mark.parametrize("prefix", [1, 2, 4])
    def test_those_of_an_hvcc(self, prefix: int) -> None:
        record = hvcc([(32, [VPS_H]), (33, [SPS_H]), (34, [PPS_H, PPS_H + b"2"])], prefix)
        assert sets_of(HEVC, record) == Sets(prefix, (VPS_H, SPS_H, PPS_H, PPS_H + b"2"))

    def test_messages_in_an_hvcc_are_no_sets(self) -> None:
        record = hvcc([(39, [SEI_H]), (33, [SPS_H])])
        assert sets_of(HEVC, record).units == (SPS_H,)

    def test_those_behind_start_codes(self) -> None:
        data = b"\x00\x00\x00\x01".join((b"", SPS, PPS, SEI))
        assert sets_of(H264, data) == Sets(0, (SPS, PPS))
        data = b"\x00\x00\x00\x01".join((b"", VPS_H, SPS_H, PPS_H, SEI_H))
        assert sets_of(HEVC, data) == Sets(0, (VPS_H, SPS_H, PPS_H))

    @pytest.mark.parametrize("codec", [H264, HEVC])
    def test_none_where_they_are_in_the_packets(self, codec: str) -> None:
        assert sets_of(codec, b"") == Sets(0, ())

    def test_they_are_told_apart_by_type(self) -> None:
        sets = Sets(4, (SPS, PPS))
        assert sets.of_kind(H264, nal.H264_SPS) == (SPS,)
        assert sets.of_kind(H264, nal.H264_PPS) == (PPS,)

    @pytest.mark.parametrize("name", ["mirrored.mp4", "fragmented-b-frames.mp4", "timecode.mov"])
    def test_a_record_of_a_real_film_is_made_again_as_it_was(self, name: str) -> None:
        own = extradata(name)
        assert nal.avcc(sets_of(H264, own).units) == own

    def test_a_real_hvcc_has_one_of_each(self) -> None:
        sets = sets_of(HEVC, extradata("open-gop-hevc.mp4"))
        assert [nal.kind_of(HEVC, unit) for unit in sets.units] == [32, 33, 34]
        assert sets.prefix == 4

    def test_a_made_record_has_each_set_once(self) -> None:
        record = nal.avcc([SPS, PPS, SPS, PPS])
        assert sets_of(H264, record) == Sets(4, (SPS, PPS))

    @pytest.mark.parametrize(("chroma", "depth"), [(1, 8), (1, 10), (2, 10), (3, 8)])
    def test_a_record_of_a_high_profile_says_chroma_and_depth(
        self, chroma: int, depth: int
    ) -> None:
        profile = {(1, 8): 100, (1, 10): 110, (2, 10): 122, (3, 8): 244}[chroma, depth]
        record = nal.avcc([sps(profile=profile, chroma=chroma, depth=depth), PPS])
        assert record[-4:] == bytes((0xFC | chroma, 0xF8 | depth - 8, 0xF8 | depth - 8, 0))

    def test_a_record_of_a_main_profile_ends_with_its_sets(self) -> None:
        assert nal.avcc([SPS, PPS]).endswith(PPS)


class TestBits:
    """Numbers in a unit."""

    @given(st.lists(st.integers(0, 2**20)))
    def test_exp_golomb_numbers(self, numbers: list[int]) -> None:
        writer = BitWriter()
        for number in numbers:
            writer.number(number)
        bits = Bits(writer.unit())
        assert [bits.number() for _ in numbers] == numbers

    @given(st.lists(st.integers(-(2**20), 2**20)))
    def test_signed_ones(self, numbers: list[int]) -> None:
        writer = BitWriter()
        for number in numbers:
            writer.signed(number)
        bits = Bits(writer.unit())
        assert [bits.signed() for _ in numbers] == numbers

    def test_bytes_that_keep_start_codes_out_are_passed_over(self) -> None:
        assert Bits(b"\x00\x00\x03\x01\x00\x00\x03\x03").take(48) == 0x000001000003


class TestSequences:
    """What a sequence parameter set and a slice say."""

    @pytest.mark.parametrize("profile", [66, 77, 100, 244])
    @pytest.mark.parametrize("order_kind", [0, 1, 2])
    def test_a_set_is_read(self, profile: int, order_kind: int) -> None:
        chroma = 3 if profile == 244 else 1
        unit = sps(
            number=9, profile=profile, order_kind=order_kind, chroma=chroma, frames_only=False
        )
        read = sequence(unit)
        assert read.id == 9
        assert (read.order_kind, read.order_bits) == (order_kind, 0 if order_kind else 6)
        assert (read.frame_number_bits, read.frames_only, read.chroma) == (5, False, chroma)

    @pytest.mark.parametrize("is_idr", [True, False])
    def test_the_first_slice_tells_the_order(self, is_idr: bool) -> None:
        found = first_slice([SEI, picture(42, is_idr=is_idr)], sequence(SPS))
        assert found == nal.Slice(order=42, is_field=False)

    @pytest.mark.parametrize("field", [0, 1])
    def test_a_field_is_told_from_a_picture(self, field: int) -> None:
        read = sequence(sps(frames_only=False))
        found = first_slice([picture(42, field=field, frames_only=False)], read)
        assert found == nal.Slice(order=42, is_field=True)
        found = first_slice([picture(42, frames_only=False)], read)
        assert found == nal.Slice(order=42, is_field=False)

    def test_a_packet_without_a_slice_has_none(self) -> None:
        assert first_slice([SPS, PPS, SEI], sequence(SPS)) is None

    def test_a_set_of_a_real_film(self) -> None:
        read = sequence(sets_of(H264, extradata("mirrored.mp4")).units[0])
        assert (read.chroma, read.luma_depth, read.frames_only) == (1, 8, True)

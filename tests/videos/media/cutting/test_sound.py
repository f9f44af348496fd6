"""The sound of a result: copied packets, or exactly the samples of the segments."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.videos.media.cutting.exports import FILMS
from videos.media.cutting import sound
from videos.media.cutting.sound import CopiedSound, EncodedSound, SoundPacket, SoundSource
from videos.media.cutting.timeline import Segment
from videos.media.probe import scan

Make = Callable[[str], Path]
PAYLOAD = b"\x21\x1b\x88\x00\xff\xf1"


def adts(payload: bytes, *, rate: int = 3, channels: int = 2, is_checked: bool = False) -> bytes:
    """A packet behind its header (ISO/IEC 14496-3, 1.A.2): AAC-LC, `rate` by its number."""
    length = len(payload) + (9 if is_checked else 7)
    bits = f"{0xFFF:012b}0{0:02b}{0 if is_checked else 1}{1:02b}{rate:04b}0{channels:03b}0000"
    bits += f"{length:013b}{0x7FF:011b}{0:02b}"
    return int(bits, 2).to_bytes(7, "big") + (b"\xab\xcd" if is_checked else b"") + payload


def bare(*, has_headers: bool) -> CopiedSound:
    """Only what takes headers away."""
    copied = CopiedSound.__new__(CopiedSound)
    copied._has_headers = has_headers
    return copied


def source_of(path: Path, stream: int) -> SoundSource:
    index = scan.scan_with_index(path, need_video=True).index
    assert index is not None
    return SoundSource(path, stream, index.origin_us, index.track(stream).start_us)


def copied_from(path: Path, start: float, end: float, stream: int = 1) -> list[SoundPacket]:
    source = source_of(path, stream)
    track = CopiedSound(source, Segment(round(start * 1e6), round(end * 1e6)))
    try:
        return list(track.packets())
    finally:
        track.close()


def raw_of(path: Path, stream: int = 1) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(each) for each in container.demux(container.streams[stream]) if each.size]


class TestHeaders:
    """AAC of a transport stream has a header before each packet, an MP4 has none."""

    @given(st.binary(min_size=1, max_size=50), st.booleans())
    def test_a_header_is_taken_away(self, payload: bytes, is_checked: bool) -> None:
        packet = adts(payload, is_checked=is_checked)
        assert bare(has_headers=True)._without_header(packet) == payload

    def test_a_packet_without_one_stays_as_it_is(self) -> None:
        assert bare(has_headers=True)._without_header(PAYLOAD) == PAYLOAD

    def test_where_there_are_none_nothing_is_taken_for_one(self) -> None:
        packet = adts(PAYLOAD)
        assert bare(has_headers=False)._without_header(packet) == packet

    @pytest.mark.parametrize(
        ("rate", "channels", "configuration"),
        [(3, 2, b"\x11\x90"), (4, 2, b"\x12\x10"), (3, 1, b"\x11\x88"), (3, 6, b"\x11\xb0")],
    )
    def test_what_it_says_stands_beside_the_packets_instead(
        self, rate: int, channels: int, configuration: bytes
    ) -> None:
        """As encoders write it for 48 and 44.1 kHz, two channels, one, and six."""
        packet = adts(PAYLOAD, rate=rate, channels=channels)
        assert sound._aac_configuration(packet) == configuration

    def test_a_real_broadcast_is_freed_of_them(self) -> None:
        path = FILMS / "gop-4s.ts"
        with av.open(str(path)) as container:
            stream = container.streams.audio[0].index
        own = raw_of(path, stream)
        assert all(each[:1] == b"\xff" for each in own)
        found = copied_from(path, 0, 12, stream)
        assert [each.data for each in found] == [each[7:] for each in own[: len(found)]]


class TestCopied:
    """Packets as they are, from a little before the start to the end."""

    @pytest.mark.parametrize("span", [(0, 12), (0, 1.36), (1.36, 5.32), (11.5, 12)])
    @pytest.mark.parametrize("name", ["b-frames.mp4", "b-frames.ts", "aac.mkv"])
    def test_they_cover_the_span_and_little_more(
        self, clip: Make, name: str, span: tuple[float, float]
    ) -> None:
        found = copied_from(clip(name), *span)
        length = round((span[1] - span[0]) * 48_000)
        assert found[0].time <= 1024
        assert found[0].time > -4 * 1024
        assert found[-1].time < length
        # The sound of the source itself may end up to a packet before its pictures.
        assert found[-1].time + found[-1].samples > length - 2 * 1024

    @pytest.mark.parametrize("name", ["b-frames.mp4", "b-frames.ts", "aac.mkv"])
    def test_each_begins_where_the_one_before_ends(self, clip: Make, name: str) -> None:
        """Whatever a container has rounded."""
        found = copied_from(clip(name), 1.36, 9.32)
        times = [each.time for each in found]
        assert times == [times[0] + 1024 * number for number in range(len(found))]
        assert {each.samples for each in found[:-1]} == {1024}
        assert 0 < found[-1].samples <= 1024

    def test_a_decoder_gets_what_it_needs_to_begin(self, clip: Make) -> None:
        found = copied_from(clip("b-frames.mp4"), 1.36, 9.32)
        assert sum(each.time + each.samples <= 0 for each in found) == 2

    def test_they_are_the_source_s_in_a_row(self, clip: Make) -> None:
        path = clip("b-frames.mp4")
        own, found = raw_of(path), [each.data for each in copied_from(path, 1.36, 9.32)]
        at = own.index(found[0])
        assert own[at : at + len(found)] == found

    def test_in_a_span_without_sound_there_is_none(self) -> None:
        assert copied_from(FILMS / "sound-begins-late.mp4", 1, 3) == []

    def test_sound_that_begins_within_the_span_begins_there(self) -> None:
        found = copied_from(FILMS / "sound-begins-late.mp4", 3, 5)
        assert found[0].time == pytest.approx(48_000, abs=1025)


class TestEncoded:
    """Samples of all segments, one behind the other, silent where the source has none."""

    @pytest.mark.parametrize(
        "spans",
        [
            [(0.0, 1.0)],
            [(1.36, 2.36), (0.2, 0.7)],
            [(0.1, 0.1 + 1 / 3)] * 7,
            [(9.9, 11.9)],
        ],
    )
    @pytest.mark.parametrize("name", ["two-sound-tracks.mp4", "b-frames.ts", "pcm.mov"])
    def test_there_are_exactly_as_many_as_the_segments_are_long(
        self, clip: Make, name: str, spans: list[tuple[float, float]]
    ) -> None:
        segments = [Segment(round(a * 1e6), round(b * 1e6)) for a, b in spans]
        track = EncodedSound(source_of(clip(name), 1), segments)
        count = sum(len(planes[0]) // 4 for planes in track._samples())
        track.close()
        length = Fraction(sum(each.length_us for each in segments), 1_000_000)
        assert count == round(length * track.rate)

    def test_before_the_sound_and_behind_it_is_silence(self) -> None:
        source = source_of(FILMS / "sound-begins-late.mp4", 1)
        track = EncodedSound(source, [Segment(2_000_000, 9_000_000)])
        samples = b"".join(planes[0] for planes in track._samples())
        track.close()
        assert len(samples) == 7 * 48_000 * 4
        assert not any(samples[: int(1.97 * 48_000) * 4])
        assert any(samples[4 * 48_000 * 2 : 4 * 48_000 * 5])
        assert not any(samples[int(5.03 * 48_000) * 4 :])

    def test_channels_keep_their_number(self, clip: Make) -> None:
        source = source_of(clip("six-channels.mp4"), 1)
        track = EncodedSound(source, [Segment(0, 500_000)])
        planes = list(track._samples())
        track.close()
        assert track.layout == "5.1"
        assert {len(each) for each in planes} == {6}

    @pytest.mark.parametrize("stream", [1, 2])
    def test_a_single_channel_of_any_name_is_mono_and_as_loud(self, stream: int) -> None:
        source = source_of(FILMS / "two-single-channel-tracks.mov", stream)
        track = EncodedSound(source, [Segment(0, 3_000_000)])
        found = b"".join(planes[0] for planes in track._samples())
        track.close()
        assert track.layout == "mono"
        with av.open(str(source.path)) as container:
            own = [bytes(f.planes[0]) for f in container.decode(audio=stream - 1)]
        loudest = max(abs(each) for each in memoryview(b"".join(own)).cast("h")) / 32_768
        assert max(memoryview(found).cast("f")) == pytest.approx(loudest, abs=0.001)

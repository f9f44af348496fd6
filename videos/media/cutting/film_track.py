"""The film of a result: copied packets and encoded pieces as one stream. Child processes only."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
from av.packet import Packet

from videos.media.cutting import nal, piece_file
from videos.media.cutting.index import FilmIndex
from videos.media.cutting.planner import Copied, Encoded, FilmPlan
from videos.media.cutting.reading import FilmReader
from videos.media.ffmpeg.errors import BadOutput

END_OF_SEQUENCE = bytes((nal.HEVC_END_OF_SEQUENCE << 1, 1))
LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class FilmPacket:
    """A picture on its way into the result; times are ticks of the result."""

    time: int
    decode_time: int
    is_key: bool
    data: bytes


class FilmTrack:
    """One film track of a result, in the order that it is written."""

    def __init__(
        self, source: Path, film: FilmIndex, plan: FilmPlan, pieces: Mapping[int, Path]
    ) -> None:
        """`pieces` are the files of the encoded pieces, by their place in the plan."""
        self._film, self.plan, self._files = film, plan, pieces
        self._reader = FilmReader(source, film)
        heads = [piece_file.read_head(path) for path in pieces.values()]
        self.codec = heads[0].codec if heads else film.codec
        self.is_copied = not heads
        own = bytes(self._reader.stream.codec_context.extradata or b"")
        self._is_nal = self.codec in nal.CODECS
        self._sets = nal.sets_of(film.codec, own)
        self.extradata = self._extradata(own, heads)
        self._order = [list(self._times_of(place)) for place in range(len(plan.pieces))]

    @property
    def stream(self) -> av.VideoStream:
        """The film in the source."""
        return self._reader.stream

    def close(self) -> None:
        """Close the source."""
        self._reader.close()

    @property
    def count(self) -> int:
        """How many pictures it has."""
        return sum(map(len, self._order))

    @property
    def usual_gap(self) -> int:
        """The usual time between two pictures, in ticks of the result."""
        return int(self._film.usual_gap * self._film.tick / self.plan.tick)

    def packets(self) -> Iterator[FilmPacket]:
        """All of them. A picture is decoded as late as the deepest reordering needs it."""
        order = list(chain.from_iterable(self._order))
        decode_times = _decode_times(order, self.usual_gap)
        held: tuple[int, bool, bytes] | None = None
        times = iter(zip(order, decode_times, strict=True))
        for place in range(len(self.plan.pieces)):
            for number, packet in enumerate(self._packets_of(place)):
                time, is_key, data = packet
                if held is None:
                    held = packet
                    continue
                begins_copy = not number and isinstance(self.plan.pieces[place], Copied)
                last = self._ended(held[2], place) if begins_copy else held[2]
                yield FilmPacket(*next(times), held[1], last)
                held = time, is_key, self._begun(data, place) if begins_copy else data
        if held is not None:
            yield FilmPacket(*next(times), held[1], held[2])

    def _packets_of(self, place: int) -> Iterator[tuple[int, bool, bytes]]:
        piece = self.plan.pieces[place]
        return self._copied(piece) if isinstance(piece, Copied) else self._encoded(place, piece)

    def _copied(self, piece: Copied) -> Iterator[tuple[int, bool, bytes]]:
        times = iter(piece.at)
        for number, packet in self._reader.packets(piece.first, piece.until):
            if number not in piece.skipped:
                yield next(times), packet.is_keyframe, self._own_form(bytes(packet))
        if next(times, None) is not None:
            raise BadOutput({"detail": "the source has fewer pictures than it had"})

    def _encoded(self, place: int, piece: Encoded) -> Iterator[tuple[int, bool, bytes]]:
        begin = piece.pictures[0].at
        for packet in piece_file.read(self._files[place]):
            data = nal.with_lengths(nal.units_of(packet.data, 0)) if self._is_nal else packet.data
            yield begin + packet.time, packet.is_key, data

    def _times_of(self, place: int) -> Iterator[int]:
        piece = self.plan.pieces[place]
        if isinstance(piece, Copied):
            yield from piece.at
            return
        begin = piece.pictures[0].at
        yield from (begin + time for time in piece_file.read_head(self._files[place]).times)

    def _own_form(self, data: bytes) -> bytes:
        """Units behind four bytes of length, whatever the source writes before them."""
        if not self._is_nal or self._sets.prefix == LENGTH_BYTES:
            return data
        return nal.with_lengths(nal.units_of(data, self._sets.prefix))

    def _ended(self, data: bytes, place: int) -> bytes:
        """The last picture before a copied stretch: an HEVC entry begins anew behind it."""
        if self.codec != nal.HEVC or self._follows_copy(place):
            return data
        return data + nal.with_lengths([END_OF_SEQUENCE])

    def _begun(self, data: bytes, place: int) -> bytes:
        """A copied stretch: HEVC's own sets come back, which those of a piece have replaced.

        Behind another copied stretch some of its pictures may still wait for their turn: an entry
        that says that nothing before it matters would have them dropped, one that is named as a
        splice point has not (ISO/IEC 23008-2, C.5.2.2).
        """
        if self.codec != nal.HEVC:
            return data
        if self._follows_copy(place):
            units = nal.units_of(data, LENGTH_BYTES)
            data = nal.with_lengths(map(nal.as_splice_point, units))
        return nal.with_lengths(self._sets.units) + data

    def _follows_copy(self, place: int) -> bool:
        return isinstance(self.plan.pieces[place - 1], Copied)

    def _extradata(self, own: bytes, heads: list[piece_file.PieceHead]) -> bytes:
        if not self._is_nal:
            return own
        added = [unit for head in heads for unit in _sets_of(head)]
        if self.codec == nal.H264:
            return self._h264_record(own, added, is_whole=not self.plan.copied)
        record = own if own[:1] == b"\x01" else _hevc_record(own, self.stream)
        if self.plan.copied or not heads:
            return record
        return _hevc_record(_with_start_codes(added), self.stream) if added else record

    def _h264_record(self, own: bytes, added: list[bytes], *, is_whole: bool) -> bytes:
        if not added and own[:1] == b"\x01" and self._sets.prefix == LENGTH_BYTES:
            return own
        sets = added if is_whole else [*self._sets.units, *added]
        kinds: dict[tuple[int, int], bytes] = {}
        for unit in sets:
            kind = nal.kind_of(nal.H264, unit)
            name = (kind, nal.Bits(unit[4:12] if kind == nal.H264_SPS else unit[1:9]).number())
            if kinds.setdefault(name, unit) != unit:
                raise BadOutput({"detail": "pieces that were not encoded in the same way"})
        return nal.avcc(kinds.values())


def _sets_of(head: piece_file.PieceHead) -> tuple[bytes, ...]:
    return nal.sets_of(head.codec, bytes.fromhex(head.extradata)).units


def _with_start_codes(units: list[bytes]) -> bytes:
    return b"".join(b"\x00" + nal.START_CODE + unit for unit in units)


def _hevc_record(sets: bytes, stream: av.VideoStream) -> bytes:
    """The record of an HEVC film in an MP4, which libav makes of sets behind start codes."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        made = container.add_stream_from_template(stream, opaque=True)
        made.codec_context.extradata = sets
        packet = Packet(sets)
        packet.stream, packet.pts, packet.dts = made, 0, 0
        container.mux_one(packet)
    file.seek(0)
    with av.open(file, "r", format="mp4") as container:
        return bytes(container.streams.video[0].codec_context.extradata or b"")


def _decode_times(order: list[int], usual_gap: int) -> list[int]:
    """When each packet is decoded: the times in order, as late as no picture comes too late.

    Every decode time is then one of the pictures' own, so they rise wherever those differ.
    """
    times = sorted(order)
    rank = {time: place for place, time in enumerate(times)}
    late = max((number - rank[time] for number, time in enumerate(order)), default=0)
    before = [times[0] - (late - number) * usual_gap for number in range(late)] if times else []
    return [*before, *times][: len(times)]

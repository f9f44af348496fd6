"""Encoding pieces: decode from where it is safe, choose pictures by their times, encode, check.

Runs in child processes only. Pieces are encoded side by side, one thread each, which costs less
than dividing every picture among threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import cast

import av.error
from av.codec import CodecContext
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from videos.media.cutting import coding, decoding, drawing, piece_file
from videos.media.cutting.coding import Coding
from videos.media.cutting.index import FilmIndex
from videos.media.cutting.piece_file import PieceHead, PiecePacket
from videos.media.cutting.planner import REORDERED, Encoded, Shown
from videos.media.cutting.small_copy import ROUGHLY, Shrinker, are_alike
from videos.media.ffmpeg.errors import BadMedia, BadOutput

GLOBAL_HEADER = 1 << 22
Pictures = Iterator[tuple[Shown, VideoFrame]]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece to encode, and where it goes."""

    piece: Encoded
    out: Path


@dataclass(frozen=True, slots=True)
class Encoder:
    """What all pieces of a film have in common."""

    source: Path
    film: FilmIndex
    coding: Coding
    tick: Fraction
    captions: drawing.Captions | None = None

    def run(self, jobs: Sequence[Job], cores: int, on_picture: Callable[[], None]) -> None:
        """Encode all of them. Raises MediaError."""
        threads = cores if len(jobs) == 1 else 1
        with ThreadPoolExecutor(min(cores, max(len(jobs), 1))) as pool:
            work = partial(self._encode, threads=threads, on_picture=on_picture)
            futures = [pool.submit(work, job) for job in jobs]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _encode(self, job: Job, *, threads: int, on_picture: Callable[[], None]) -> None:
        begin = job.piece.pictures[0].at
        encoder = self._opened(self._coding_of(job.piece), threads)
        packets: list[PiecePacket] = []
        copies, shrinker = list[bytes](), Shrinker()
        for shown, frame in self._pictures(job.piece, threads):
            frame.pts, frame.time_base = shown.at - begin, self.tick
            if not frame.interlaced_frame:  # fields would be made small one by one
                copies.append(shrinker.shrink(frame))
            packets += map(_packet, encoder.encode(frame))
            on_picture()
        packets += map(_packet, encoder.encode(None))
        extradata = bytes(encoder.extradata or b"").hex()
        times = tuple(each.time for each in packets)
        head = PieceHead(self.coding.codec, extradata, times, b"".join(copies).hex())
        self._check(job.piece, head, packets, copies)
        piece_file.write(job.out, head, packets)

    def _coding_of(self, piece: Encoded) -> Coding:
        """A last picture that stays longer than usual can say so only where it is last written."""
        usual = self.film.usual_gap * self.film.tick
        ends = [shown.at for shown in piece.pictures[-REORDERED:]] + [piece.until]
        is_even = all((b - a) * self.tick == usual for a, b in pairwise(ends))
        return self.coding if is_even else coding.in_order(self.coding)

    def _opened(self, how: Coding, threads: int) -> VideoCodecContext:
        encoder = cast("VideoCodecContext", CodecContext.create(how.encoder, "w"))
        encoder.width, encoder.height, encoder.pix_fmt = how.width, how.height, how.pix_fmt
        encoder.time_base = self.tick
        encoder.framerate = coding.frame_rate(self.film.tick, self.film.usual_gap)
        encoder.sample_aspect_ratio = Fraction(*how.pixel)
        encoder.color_primaries = how.colours.primaries
        encoder.color_trc = how.colours.transfer
        encoder.colorspace = how.colours.matrix
        encoder.color_range = how.colours.levels
        encoder.options = _options(how)
        encoder.thread_count = threads
        if not how.with_sets_in_band:
            encoder.flags |= GLOBAL_HEADER
        try:
            encoder.open()
        except av.error.FFmpegError as error:
            raise BadMedia({"detail": f"{how.encoder} refuses these pictures"}) from error
        return encoder

    def _pictures(self, piece: Encoded, threads: int) -> Pictures:
        """The piece's pictures in order, with captions where there are some to draw."""
        chosen = partial(self._chosen, piece, threads)
        if self.captions is None:
            return chosen()
        return drawing.drawn(self.captions, chosen, self.tick, self.coding.pix_fmt)

    def _chosen(self, piece: Encoded, threads: int) -> Pictures:
        moments: dict[int, list[Shown]] = {}
        for shown in piece.pictures:
            moments.setdefault(shown.rank, []).append(shown)
        for rank, frame in decoding.pictures(self.source, self.film, list(moments), threads):
            for shown in moments.pop(rank, ()):
                yield shown, _converted(frame, self.coding)
        if moments:
            raise BadMedia({"detail": f"{len(moments)} pictures cannot be decoded"})

    def _check(
        self,
        piece: Encoded,
        head: PieceHead,
        packets: Sequence[PiecePacket],
        copies: Sequence[bytes],
    ) -> None:
        """It begins with an entry, and decodes to these pictures at the times that are asked."""
        begin = piece.pictures[0].at
        required = [shown.at - begin for shown in piece.pictures]
        if not packets or not packets[0].is_key:
            raise BadOutput({"detail": "a piece that does not begin with a keyframe"})
        if sorted(packet.time for packet in packets) != required:
            raise BadOutput({"detail": "a piece with other times than planned"})
        decoder = cast("VideoCodecContext", CodecContext.create(head.codec, "r"))
        decoder.extradata = bytes.fromhex(head.extradata) or None
        decoder.options = dict(ROUGHLY)
        shrinker, count, compares = Shrinker(), 0, len(copies) == len(required)
        for data in (*(Packet(packet.data) for packet in packets), None):
            for frame in decoder.decode(data):
                is_other = (
                    compares
                    and count < len(copies)
                    and not are_alike(shrinker.shrink(frame), copies[count])
                )
                if count == len(required) or is_other:
                    raise BadOutput({"detail": f"a piece whose picture {count} is another one"})
                count += 1
        if count != len(required):
            raise BadOutput({"detail": f"a piece of {count} pictures instead of {len(required)}"})


def _options(how: Coding) -> dict[str, str]:
    options = dict(how.options)
    if how.profile:
        options["profile"] = how.profile
    if how.set_ids:
        options["x264-params"] = f"sps-id={how.set_ids[0]}:open-gop=0"
    return options


def _converted(frame: VideoFrame, how: Coding) -> VideoFrame:
    """A picture as the encoder takes it."""
    same = frame.format.name == how.pix_fmt
    if same and (frame.width, frame.height) == (how.width, how.height):
        picture = frame
    elif how.colours.matrix == coding.BT709 and not frame.format.name.startswith("yuv"):
        picture = frame.reformat(
            how.width,
            how.height,
            how.pix_fmt,
            dst_colorspace="ITU709",
            dst_color_range="MPEG",
        )
    else:
        picture = frame.reformat(how.width, how.height, how.pix_fmt)
    picture.pict_type = 0
    return picture


def _packet(packet: Packet[VideoStream]) -> PiecePacket:
    return PiecePacket(packet.pts or 0, packet.is_keyframe, bytes(packet))

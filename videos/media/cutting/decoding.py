"""Decoded pictures of a source by their place in time. Child processes only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import av.error
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from videos.media.cutting import nal
from videos.media.cutting.index import FilmIndex
from videos.media.cutting.reading import FilmReader

# What libav decodes itself; the decoders of others take the word otherwise.
SKIPPING = nal.CODECS


def pictures(
    source: Path, film: FilmIndex, ranks: Sequence[int], threads: int = 1
) -> Iterator[tuple[int, VideoFrame]]:
    """The pictures of these ranks that can be decoded, in the order of time."""
    reader = FilmReader(source, film)
    try:
        decoder = reader.decoder(threads)
        if film.is_counted:
            wanted = set(ranks)
            frames = _frames(decoder, reader, film, range(len(film.times)), set(range(len(film))))
            yield from (each for each in enumerate(frames) if each[0] in wanted)
            return
        until = max(film.order[rank] for rank in ranks) + 1
        by_time = {film.times[film.order[rank]]: rank for rank in ranks}
        packets = range(film.safe_start(ranks), until)
        for frame in _frames(decoder, reader, film, packets, set(ranks)):
            if frame.pts in by_time:
                yield by_time[frame.pts], frame
    finally:
        reader.close()


def _frames(
    decoder: VideoCodecContext,
    reader: FilmReader,
    film: FilmIndex,
    packets: range,
    wanted: AbstractSet[int],
) -> Iterator[VideoFrame]:
    """What the packets decode to; each carries its packet's time of the index.

    Pictures that are not wanted are decoded only where others refer to them.
    """
    for number, packet in reader.packets(packets.start, packets.stop):
        packet.pts, packet.dts = film.times[number], None
        is_skipped = film.codec in SKIPPING and film.ranks[number] not in wanted
        decoder.skip_frame = "NONREF" if is_skipped else "DEFAULT"
        try:
            yield from decoder.decode(packet)
        except av.error.FFmpegError:
            continue
    try:
        yield from decoder.decode(None)
    except av.error.FFmpegError:
        return

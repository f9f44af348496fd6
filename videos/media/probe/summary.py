"""From scanned streams to a Probe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from av.container import InputContainer
from av.stream import Stream
from av.video.frame import VideoFrame

from videos.media.probe import describe, sniff
from videos.media.probe.model import Caution, Kind, Probe
from videos.media.probe.packet_totals import Tally

MISSING_SHARE, MISSING_US = 0.1, 1_000_000
CUT_US = 250_000


@dataclass(frozen=True, slots=True)
class Scanned:
    """One stream after its last packet."""

    stream: Stream
    kind: Kind
    tally: Tally

    @property
    def lasts(self) -> bool:
        """Whether the duration of the file counts it."""
        return self.kind in (Kind.VIDEO, Kind.AUDIO)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Everything that a scan found."""

    container: InputContainer
    streams: tuple[Scanned, ...]
    picture: VideoFrame | None
    """The first that can be decoded."""
    head: bytes
    boxes: sniff.Boxes | None
    bytes: int

    @property
    def video(self) -> Scanned | None:
        """The first video stream."""
        return next((each for each in self.streams if each.kind is Kind.VIDEO), None)


def probe_of(scan: ScanResult) -> Probe:
    """The summary of a whole file."""
    start_us = _start(scan)
    duration_us = _duration(scan, start_us)
    width, height, rotation = _shown(scan)
    return Probe(
        bytes=scan.bytes,
        container=describe.container_name(scan.container, scan.head),
        duration_us=duration_us,
        declared_duration_us=scan.container.duration,
        start_us=start_us,
        width=width,
        height=height,
        rotation=rotation,
        streams=tuple(
            describe.stream_info(each.stream, each.kind, each.tally) for each in scan.streams
        ),
        keyframes=scan.video.tally.keyframes(start_us) if scan.video else (),
        warnings=tuple(_cautions(scan, duration_us)),
    )


def _start(scan: ScanResult) -> int:
    """As ffmpeg's -ss counts: the container's start time; else its first packet."""
    declared: int | None = scan.container.start_time
    if declared is not None:
        return declared
    starts = [each.tally.start_us for each in scan.streams if each.lasts]
    return min((start for start in starts if start is not None), default=0)


def _duration(scan: ScanResult, start_us: int) -> int:
    ends = [each.tally.end_us for each in scan.streams if each.lasts]
    known = [end - start_us for end in ends if end is not None]
    lengths = (describe.duration_of(each.stream, each.tally) for each in scan.streams if each.lasts)
    return max(known, default=max(lengths, default=0))


def _shown(scan: ScanResult) -> tuple[int, int, int]:
    """Width, height and clockwise rotation of the picture as people see it."""
    if scan.picture is None or scan.video is None:
        return 0, 0, 0
    width = round(scan.picture.width * describe.pixel_shape(scan.video.stream))
    height = scan.picture.height
    rotation = describe.clockwise(scan.picture)
    return (height, width, rotation) if rotation % 180 else (width, height, rotation)


def _cautions(scan: ScanResult, duration_us: int) -> Iterator[Caution]:
    if scan.video is None:
        return
    missing_us = (scan.container.duration or 0) - duration_us
    # An MP4 tells by its boxes whether bytes are missing; others only by the length they promise.
    if scan.boxes:
        cut = scan.boxes.cut and missing_us > CUT_US
    else:
        cut = missing_us > max(MISSING_US, MISSING_SHARE * (scan.container.duration or 0))
    if cut:
        yield Caution.TRUNCATED
    if scan.video.tally.starts_with_keyframe is False:
        yield Caution.NO_INITIAL_KEYFRAME
    if scan.video.tally.varies():
        yield Caution.VFR

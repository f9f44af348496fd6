"""Take pictures out of a film in a child process.

python -m videos.media.jobs.thumbnails SOURCE FOLDER FAILURE.json --format jpeg --width 640 RUN...

A RUN is one decoding pass: times in microseconds from the film's start, rising, joined by commas.
FOLDER gets the pictures in order and, where there are several, an archive of them.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from videos.media.ffmpeg.command import MAX_PIXELS
from videos.media.ffmpeg.errors import BadMedia
from videos.media.ffmpeg.progress import Report
from videos.media.jobs.child import Reporter, child_command, run_child

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

ARCHIVE = "thumbnails.zip"
EXTENSIONS = {"jpeg": "jpg", "png": "png", "webp": "webp"}
# A page shows times rounded to milliseconds: a picture begins at its time or this much later.
GRACE_US = 500
# Where a file has no index, a seek may land after the time; each try begins this much earlier.
EARLIER_US = (0, 1_000_000, 10_000_000)


def names(count: int, image_format: str) -> list[str]:
    """The pictures' file names, numbered so that they sort."""
    digits = max(2, len(str(count)))
    return [
        f"thumb_{number:0{digits}}.{EXTENSIONS[image_format]}" for number in range(1, count + 1)
    ]


@dataclass(frozen=True, slots=True)
class Spec:
    """Which pictures, and how they are written."""

    runs: Sequence[Sequence[int]]
    """Microseconds from the film's start; each run begins at another keyframe than the last."""
    start_us: int
    """Timestamp of the film's start."""
    width: int
    image_format: str

    @property
    def count(self) -> int:
        """How many pictures."""
        return sum(map(len, self.runs))


def thumbnails_command(source: Path, folder: Path, failure: Path, spec: Spec) -> list[str]:
    """The command that draws the pictures into `folder`, or says in `failure` why it cannot."""
    return child_command(
        "thumbnails",
        *(str(source), str(folder), str(failure)),
        *("--format", spec.image_format, "--width", str(spec.width)),
        f"--start-us={spec.start_us}",
        "--",
        *(",".join(map(str, run)) for run in spec.runs),
    )


def draw(source: Path, folder: Path, spec: Spec, reporter: Reporter) -> None:
    """Write the pictures and their archive."""
    from videos.media.jobs import picture  # noqa: PLC0415 (PyAV, which the server must not load)
    from videos.media.probe import opening  # noqa: PLC0415 (PyAV, which the server must not load)
    from videos.media.probe.describe import pixel_shape  # noqa: PLC0415

    style = picture.STYLES[spec.image_format]
    opening.inspect(source)
    files = [folder / name for name in names(spec.count, spec.image_format)]
    with opening.open_media(source) as container:
        stream = picture.first_film(container)
        stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        stream.thread_type = "AUTO"
        frames = (
            frame for run in spec.runs for frame in _run(container, stream, run, spec.start_us)
        )
        for done, (file, frame) in enumerate(zip(files, frames, strict=True), start=1):
            drawn = picture.shown(frame, pixel_shape(stream), spec.width, style)
            picture.write(file, picture.encode(drawn, style))
            reporter.report(Report(frame=done))
    if len(files) > 1:
        _pack(folder / ARCHIVE, files)


def _run(
    container: InputContainer, stream: VideoStream, times: Sequence[int], start_us: int
) -> Iterator[VideoFrame]:
    """The picture that is shown at each time: the last that begins at it or before."""
    frames = _from(container, stream, times[0] + start_us)
    shown = next(frames, None)
    if shown is None:
        raise BadMedia({"detail": "no frame can be decoded"})
    coming = next(frames, None)
    for time_us in times:
        while coming is not None and _moment(coming, stream) <= time_us + start_us + GRACE_US:
            shown, coming = coming, next(frames, None)
        yield shown


def _from(container: InputContainer, stream: VideoStream, time_us: int) -> Iterator[VideoFrame]:
    """The pictures from one that begins at `time_us` or before; from the first if there is none."""
    import av.error  # noqa: PLC0415

    from videos.media.probe.opening import pictures  # noqa: PLC0415

    for earlier in EARLIER_US:
        try:
            container.seek(_stamp(stream, time_us - earlier), stream=stream)
        except av.error.FFmpegError:
            continue
        frames = pictures(container, stream)
        first = next(frames, None)
        if first is not None and _moment(first, stream) <= time_us + GRACE_US:
            return itertools.chain([first], frames)
    with contextlib.suppress(av.error.FFmpegError):  # without an index: go on from where it stands
        container.seek(stream.start_time or 0, stream=stream)
    return pictures(container, stream)


def _moment(frame: VideoFrame, stream: VideoStream) -> int:
    """When it is shown: its timestamp in microseconds."""
    # By the stream's clock: the last pictures of a decoder come without one of their own.
    stamp = frame.pts if frame.pts is not None else frame.dts
    return round((stamp or 0) * (stream.time_base or Fraction(0)) * 1_000_000)


def _stamp(stream: VideoStream, time_us: int) -> int:
    return round(Fraction(time_us, 1_000_000) / (stream.time_base or Fraction(1, 1_000_000)))


def _pack(archive: Path, files: Iterable[Path]) -> None:
    """One file of all; pictures are compressed already, so they are only stored."""
    partial = archive.with_name(f"{archive.name}.partial")
    with zipfile.ZipFile(partial, "w") as packed:
        for file in files:
            packed.write(file, file.name)
    partial.replace(archive)


def main(argv: list[str]) -> int:
    """Draw them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("failure", type=Path)
    parser.add_argument("--format", choices=EXTENSIONS, required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--start-us", type=int, default=0)
    parser.add_argument("runs", nargs="+", type=lambda text: [int(at) for at in text.split(",")])
    options = parser.parse_args(argv)
    spec = Spec(options.runs, options.start_us, options.width, options.format)
    return run_child(
        lambda: draw(options.source, options.folder, spec, Reporter()), options.failure
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

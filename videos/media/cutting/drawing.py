"""Drawing captions on pictures: ffmpeg does it, since libass comes with it, picture by picture.

Pictures go in with their times and come out in the same order; the folder that it runs in holds
the text and its fonts under names of our own.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame

from videos.media.cutting.planner import Shown
from videos.media.ffmpeg.command import ffmpeg_path
from videos.media.ffmpeg.errors import BadMedia

# By the clockwise degrees that a player turns the picture: upright for the text, and back again.
TURNS = {90: ("transpose=clock", "transpose=cclock"), 270: ("transpose=cclock", "transpose=clock")}
UPSIDE_DOWN = ("hflip,vflip", "hflip,vflip")


@dataclass(frozen=True, slots=True)
class Captions:
    """Text to draw: an ASS file and its fonts, in a folder, and how the film is turned."""

    folder: Path
    file: str
    fonts: str
    clockwise: int = 0

    @property
    def filters(self) -> str:
        """ffmpeg's filters for it."""
        before, after = TURNS.get(self.clockwise, UPSIDE_DOWN if self.clockwise else ("", ""))
        draw = f"subtitles=filename={self.file}:fontsdir={self.fonts}"
        return ",".join(part for part in (before, draw, after) if part)


def drawn(
    captions: Captions,
    pictures: Callable[[], Iterator[tuple[Shown, VideoFrame]]],
    tick: Fraction,
    pix_fmt: str,
) -> Iterator[tuple[Shown, VideoFrame]]:
    """Each picture with the text of its moment; all are brought to `pix_fmt`."""
    process = subprocess.Popen(
        [
            *(ffmpeg_path(), "-nostdin", "-v", "error"),
            # Else times would count from the first picture.
            *("-copyts", "-f", "nut", "-i", "pipe:0", "-vf", captions.filters),
            *("-fps_mode", "passthrough", "-pix_fmt", pix_fmt, "-f", "rawvideo", "pipe:1"),
        ],
        cwd=captions.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    feeder = _Feeder(process, pictures, tick, pix_fmt)
    feeder.start()
    try:
        yield from feeder.read()
    finally:
        process.kill()
        feeder.join()
        process.wait()
        if process.stdout:
            process.stdout.close()


class _Feeder(threading.Thread):
    """Gives ffmpeg the pictures while what it has drawn is read."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        pictures: Callable[[], Iterator[tuple[Shown, VideoFrame]]],
        tick: Fraction,
        pix_fmt: str,
    ) -> None:
        super().__init__(daemon=True)
        self._process, self._pictures = process, pictures
        self._tick, self._pix_fmt = tick, pix_fmt
        self._fed: list[Shown] = []
        self._size = (0, 0)
        self._begun = threading.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        """Feed all of them, then say that there are no more."""
        if self._process.stdin is None:
            return
        try:
            with os.fdopen(os.dup(self._process.stdin.fileno()), "wb", buffering=0) as pipe:
                self._process.stdin.close()
                self._feed(_Pipe(pipe.fileno()))
        except BrokenPipeError:
            pass  # it ended early, which the reader finds out
        except Exception as error:  # noqa: BLE001 (it is raised where the pictures are read)
            self._error = error
        finally:
            self._begun.set()

    def _feed(self, pipe: _Pipe) -> None:
        with av.open(pipe, "w", format="nut") as container:
            stream = None
            for _number, (shown, frame) in enumerate(self._pictures()):
                plain = frame.reformat(format=self._pix_fmt)
                if stream is None:
                    stream = container.add_stream("rawvideo", rate=1000)
                    stream.width, stream.height = plain.width, plain.height
                    stream.pix_fmt = self._pix_fmt
                    stream.codec_context.time_base = self._tick
                    self._size = plain.width, plain.height
                    self._begun.set()
                # A picture can stand for several moments, of which each is one of its own here.
                plain.pts, plain.time_base = shown.source_at, self._tick
                self._fed.append(shown)
                container.mux(stream.encode(plain))
            if stream is not None:
                container.mux(stream.encode(None))

    def read(self) -> Iterator[tuple[Shown, VideoFrame]]:
        """What has been drawn, each behind the moment that it was fed with."""
        self._begun.wait()
        count, out = 0, self._process.stdout
        if out is not None and self._size != (0, 0):
            blank = VideoFrame(*self._size, self._pix_fmt)
            size = sum(_rows(blank, plane) for plane in range(len(blank.planes)))
            while len(data := out.read(size)) == size:
                yield self._fed[count], _filled(data, *self._size, self._pix_fmt)
                count += 1
        self.join()
        if self._error is not None:
            raise self._error
        if count != len(self._fed):
            raise BadMedia({"detail": "captions could not be drawn"})


class _Pipe:
    """A pipe as PyAV writes to it."""

    def __init__(self, number: int) -> None:
        self._number = number

    def write(self, data: bytes) -> int:
        """All of it."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._number, view) :]
        return len(data)


def _rows(frame: VideoFrame, plane: int) -> int:
    """Bytes of one plane without the padding of its rows."""
    return _row(frame, plane) * frame.planes[plane].height


def _row(frame: VideoFrame, plane: int) -> int:
    part = frame.format.components[min(plane, len(frame.format.components) - 1)]
    return part.width * (2 if part.bits > 8 else 1)


def _filled(data: bytes, width: int, height: int, pix_fmt: str) -> VideoFrame:
    """A frame of raw planes."""
    frame, place = VideoFrame(width, height, pix_fmt), 0
    for number, plane in enumerate(frame.planes):
        row, rows = _row(frame, number), plane.height
        part = data[place : place + row * rows]
        place += row * rows
        if plane.line_size == row:
            plane.update(part)
            continue
        padding = bytes(plane.line_size - row)
        lines = (part[at : at + row] for at in range(0, row * rows, row))
        plane.update(b"".join(line + padding for line in lines))
    return frame

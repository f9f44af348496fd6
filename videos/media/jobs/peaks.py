"""Find a waveform's peaks in a child process.

python -m videos.media.jobs.peaks SOURCE PEAKS.json --duration-us N

PEAKS.json is in the audiowaveform format, version 2
(https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md): the least and the greatest
sample of each stretch of the first sound track, from the film's start to its end.
"""

from __future__ import annotations

import argparse
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from videos.media.ffmpeg.errors import BadMedia
from videos.media.ffmpeg.progress import Report
from videos.media.jobs.child import Reporter, child_command, run_child

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE = 8000
USUAL_STRETCH = RATE // 50
MAX_PAIRS = 100_000
SECOND_US = 1_000_000


def peaks_command(source: Path, result: Path, *, start_us: int, duration_us: int) -> list[str]:
    """The command that writes the peaks of a film that begins at the timestamp `start_us`."""
    return child_command(
        "peaks",
        *(str(source), str(result)),
        f"--start-us={start_us}",
        f"--duration-us={duration_us}",
    )


class Waveform:
    """Collects samples into pairs of least and greatest, 8 bits each."""

    def __init__(self, duration_us: int) -> None:
        self._most = max(1, duration_us * RATE // SECOND_US)
        self._stretch = max(USUAL_STRETCH, -(-self._most // MAX_PAIRS))
        self._open = array("h")
        self._data: list[int] = []

    @property
    def samples(self) -> int:
        """How many samples are in it."""
        return len(self._data) // 2 * self._stretch + len(self._open)

    def silence_until(self, sample: int) -> None:
        """Nothing is heard before that sample."""
        missing = min(sample, self._most) - self.samples
        if missing <= 0:
            return
        first = min(missing, self._stretch - len(self._open))
        self.add(array("h", bytes(2 * first)))
        whole, rest = divmod(missing - first, self._stretch)
        self._data += [0, 0] * whole
        self.add(array("h", bytes(2 * rest)))

    def add(self, samples: array[int]) -> None:
        """What is heard next; nothing after the film's end."""
        self._open.extend(samples[: max(0, self._most - self.samples)])
        whole = len(self._open) // self._stretch * self._stretch
        for begin in range(0, whole, self._stretch):
            self._close(self._open[begin : begin + self._stretch])
        del self._open[:whole]

    def to_json(self) -> dict[str, Any]:
        """All of it, silent to the film's end."""
        self.silence_until(self._most)
        if self._open:
            self._close(self._open)
            self._open = array("h")
        return {
            "version": 2,
            "channels": 1,
            "sample_rate": RATE,
            "samples_per_pixel": self._stretch,
            "bits": 8,
            "length": len(self._data) // 2,
            "data": self._data,
        }

    def _close(self, stretch: array[int]) -> None:
        self._data += (min(stretch) >> 8, max(stretch) >> 8)


def find(source: Path, start_us: int, duration_us: int, reporter: Reporter) -> dict[str, Any]:
    """Decode the first sound track, and give its peaks."""
    from videos.media.probe import opening  # noqa: PLC0415 (PyAV, which the server must not load)

    waveform = Waveform(duration_us)
    opening.inspect(source)
    with opening.open_media(source) as container:
        stream = next(iter(container.streams.audio), None)
        if stream is None:
            raise BadMedia({"detail": "no sound"})
        for frame in _resampled(container, stream):
            if frame.pts is not None and frame.time_base is not None:
                at_us = round(frame.pts * frame.time_base * SECOND_US) - start_us
                waveform.silence_until(_slack(waveform.samples, at_us * RATE // SECOND_US))
                reporter.report(Report(out_time_us=max(0, at_us)))
            waveform.add(array("h", bytes(frame.planes[0])[: 2 * frame.samples]))
    return waveform.to_json()


def _slack(here: int, target: int) -> int:
    """Rounded times jitter by a few samples, which is no silence."""
    return target if target - here > RATE // 10 else here


def _resampled(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """The track in mono; a change of its own form on the way begins a new resampling."""
    from av.audio.resampler import AudioResampler  # noqa: PLC0415

    resampler = AudioResampler("s16", "mono", RATE)
    for frame in _decoded(container, stream):
        try:
            yield from resampler.resample(frame)
        except ValueError:
            resampler = AudioResampler("s16", "mono", RATE)
            yield from resampler.resample(frame)


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Every sound that can be decoded; it ends where the file is damaged."""
    import av.error  # noqa: PLC0415

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        yield from frames


def main(argv: list[str]) -> int:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--start-us", type=int, default=0)
    parser.add_argument("--duration-us", type=int, required=True)
    options = parser.parse_args(argv)
    return run_child(
        lambda: find(options.source, options.start_us, options.duration_us, Reporter()),
        options.result,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Pictures that carry their number, and a sound that tells its time."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterator
from math import pi, sin
from pathlib import Path

from bench.cuts.bars import bar_row

SOUND_RATE = 48_000
_SWEEP_SECONDS = 0.5
_LOUDNESS = 9000
_FLAT_CHROMA = 128


def pictures(count: int, width: int, height: int) -> Iterator[bytes]:
    """Raw yuv420p pictures 0, 1, 2...: bars above, a pattern that moves below."""
    top = height // 4
    pattern = _pattern(2 * width)
    chroma = bytes([_FLAT_CHROMA]) * (width * height // 4)
    warm = bytes([110, 150])
    for number in range(count):
        rows = [bar_row(number, width)] * top
        for row in range(height - top):
            shift = (3 * number + row * (1 + row // 40)) % width
            rows.append(pattern[shift : shift + width])
        blue = bytes([warm[number // 25 % 2]]) * (width * height // 4)
        yield b"".join([*rows, blue, chroma])


def _pattern(length: int) -> bytes:
    """Grey waves of three lengths."""
    return bytes(
        int(126 + 45 * sin(x / 5) + 30 * sin(x / 17) + 20 * sin(x / 41)) for x in range(length)
    )


def write_sound(path: Path, seconds: float, voice: int) -> None:
    """A sweep of its own for each half second, below 4 kHz; each voice has others."""
    phase = 0.0
    samples = array("h")
    for block in range(int(seconds / _SWEEP_SECONDS)):
        low = 300 + 37 * ((7 * block + 5 * voice) % 23)
        high = low + 2500
        first, last = (low, high) if (block + voice) % 2 else (high, low)
        count = int(SOUND_RATE * _SWEEP_SECONDS)
        for at in range(count):
            phase += 2 * pi * (first + (last - first) * at / count) / SOUND_RATE
            samples.append(int(_LOUDNESS * sin(phase)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SOUND_RATE, len(samples), "NONE", ""))
        file.writeframes(samples.tobytes())

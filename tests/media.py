"""Tiny clips that ffmpeg makes once per run, and a way to tell which of their frames one sees."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from functools import cache, partial
from pathlib import Path

import av

from videos.media.ffmpeg.command import ffmpeg_path
from videos.media.probe import scan
from videos.media.probe.model import Probe
from videos.operations.base import Source

RATE = 25
SECONDS = 4
FRAMES = RATE * SECONDS
BITS, BIT_WIDTH = 8, 8
# Each frame shows its own number: a bar of eight white or black columns, lowest bit at the left.
NUMBERS = (
    f"nullsrc=s={BITS * BIT_WIDTH}x48:r={RATE}:d={SECONDS},"
    f"geq=lum='16+mod(floor(N/pow(2,floor(X/{BIT_WIDTH}))),2)*200':cb=128:cr=128"
)
TONE = f"sine=frequency=440:duration={SECONDS}:sample_rate=48000"
# A keyframe each second, and nowhere else.
X264 = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p"),
    *("-g", str(RATE), "-keyint_min", str(RATE), "-sc_threshold", "0", "-bf", "2"),
)
AAC = ("-c:a", "aac", "-b:a", "64k")
SUBTITLES = "1\n00:00:00,500 --> 00:00:01,500\n안녕\n\n2\n00:00:02,000 --> 00:00:03,500\nHello\n"


@cache
def folder() -> Path:
    """Where this run keeps its clips; gone at its end."""
    made = Path(tempfile.mkdtemp(prefix="vrewcraft-clips-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def ffmpeg(*argv: str | Path) -> None:
    """Run ffmpeg; what it says is shown where it fails."""
    done = subprocess.run(
        [ffmpeg_path(), "-nostdin", "-y", "-v", "error", *map(str, argv)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def _made(name: str, *options: str | Path, inputs: tuple[str | Path, ...] = ()) -> Path:
    """A clip of numbered frames with a tone, encoded by `options`."""
    path = folder() / name
    sources = ("-f", "lavfi", "-i", NUMBERS, "-f", "lavfi", "-i", TONE, *inputs)
    ffmpeg(*sources, *options, path)
    return path


@cache
def numbered() -> Path:
    """MP4, H.264 and AAC, 4 s, 100 numbered frames of 64 x 48, a keyframe each second."""
    return _made("numbered.mp4", *X264, *AAC, "-movflags", "+faststart")


@cache
def index_at_the_end() -> Path:
    """The same with its index behind the media, as cameras write it."""
    return _made("index-at-the-end.mp4", *X264, *AAC)


@cache
def silent() -> Path:
    """The same without sound."""
    return _made("silent.mp4", *X264, "-an")


UNEVEN = (*range(10), 20, 21, 22, *range(50, 60), 95)


@cache
def uneven() -> Path:
    """No sound, and only the frames of UNEVEN, each at its own time, as screen recorders write."""
    kept = "+".join(f"eq(n\\,{number})" for number in UNEVEN)
    options = ("-vf", f"select='{kept}'", "-fps_mode", "vfr", "-enc_time_base", "demux")
    return _made("uneven.mp4", *options, *X264, "-an")


@cache
def odd_sized() -> Path:
    """65 x 49 pixels, which 4:2:0 pictures cannot have."""
    size = (
        "-vf",
        "format=yuv444p,pad=65:49",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv444p",
        "-g",
        str(RATE),
    )
    return _made("odd.mp4", *size, *AAC)


@cache
def vp9() -> Path:
    """WebM, VP9 and Opus."""
    options = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", str(RATE))
    return _made("vp9.webm", *options, "-b:v", "500k", "-c:a", "libopus")


@cache
def vp8() -> Path:
    """WebM, VP8 and Vorbis: neither belongs into an MP4."""
    options = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", str(RATE))
    return _made("vp8.webm", *options, "-b:v", "500k", "-c:a", "libvorbis")


@cache
def hevc() -> Path:
    """MKV, H.265 and PCM sound, which an MP4 for browsers cannot hold."""
    options = (
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=none:keyint=25",
    )
    return _made("hevc.mkv", *options, "-c:a", "pcm_s16le")


@cache
def many_tracks() -> Path:
    """MKV with two sound tracks and Korean subtitles."""
    text = folder() / "many.srt"
    text.write_text(SUBTITLES, encoding="utf-8")
    maps = ("-map", "0:v", "-map", "1:a", "-map", "1:a", "-map", "2:s")
    words = ("-metadata:s:a:1", "language=kor", "-metadata:s:s:0", "language=kor")
    streams = (*maps, *X264, *AAC, "-c:s", "srt", *words)
    return _made("many.mkv", *streams, inputs=("-i", text))


@cache
def joins_late() -> Path:
    """MPEG-TS cut out of something longer: its first ten pictures hang on a missing keyframe."""
    path = folder() / "late.ts"
    drop = ("-bsf:v", "noise=drop=lt(n\\,10)")
    ffmpeg("-i", numbered(), "-c", "copy", *drop, "-f", "mpegts", path)
    return path


@cache
def sound_only() -> Path:
    """An MP4 with nothing to see."""
    path = folder() / "sound.mp4"
    ffmpeg("-f", "lavfi", "-i", TONE, *AAC, path)
    return path


def cut(source: Path, share: float) -> bytes:
    """The first part of a file, as a broken transfer leaves it."""
    whole = source.read_bytes()
    return whole[: int(len(whole) * share)]


@cache
def probed(path: Path) -> Probe:
    """What a probe finds in a clip."""
    return scan.scan(path, need_video=True)


def indexed(path: Path) -> bytes:
    """The index that arrives with a clip's probe."""
    index = scan.scan_with_index(path, need_video=True).index
    assert index is not None
    return index.to_bytes()


def source(path: Path, *, name: str = "") -> Source:
    """A clip as operations see it, probed and indexed."""
    index = cache(partial(indexed, path))
    return Source("1", name or path.name, path, probed(path), read_index=index)


def frame_numbers(path: Path) -> list[int]:
    """The number that each shown frame bears, in order; hidden pre-roll is left out."""
    with av.open(str(path)) as container:
        return [_number(frame) for frame in container.decode(video=0)]


def frame_times(path: Path) -> list[float]:
    """When each frame is shown, in seconds."""
    with av.open(str(path)) as container:
        return [round(frame.time or 0.0, 3) for frame in container.decode(video=0)]


def _number(frame: av.VideoFrame) -> int:
    luma = frame.reformat(format="gray").planes[0]
    row = bytes(luma)[24 * luma.line_size :]
    lit = [row[bit * BIT_WIDTH + BIT_WIDTH // 2] > 116 for bit in range(BITS)]
    return sum(on << bit for bit, on in enumerate(lit))

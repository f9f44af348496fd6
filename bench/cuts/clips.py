"""Make the clips that cuts are tried on, and copy real ones beside them.

    python -m bench.cuts.clips FOLDER [--media FOLDER] [--more FOLDER]

Every picture of a made clip carries its number, every half second of its sound another sweep.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from bench.cuts.drawing import pictures, write_sound
from bench.cuts.real import copy_real

AT_ONCE = 2
X264 = "-c:v libx264 -preset veryfast -sc_threshold 0"
X265 = "-c:v libx265 -preset ultrafast"
AAC = "-c:a aac -b:a 96k"
TWO_VOICES = "-map 0:v -map 1:a -map 2:a"
SUBTITLES = """1
00:00:01,000 --> 00:00:03,000
from one to three

2
00:00:05,500 --> 00:00:06,000
a short one

3
00:00:07,000 --> 00:00:11,000
from seven to eleven
"""
CHAPTERS = """;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=4000
title=first
[CHAPTER]
TIMEBASE=1/1000
START=4000
END=7000
title=second
[CHAPTER]
TIMEBASE=1/1000
START=7000
END=12000
title=third
"""


CHANGING = "parameters-change.ts"
"""A broadcast whose second half was coded otherwise."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip to be made: what it is called, and the options of ffmpeg that make it so."""

    name: str
    film: str
    sound: str = AAC
    """Empty: none."""
    rate: str = "25"
    seconds: int = 12
    size: tuple[int, int] = (192, 108)
    sound_input: str = ""
    maps: str = "-map 0:v -map 1:a"
    more: str = ""
    remux: str = ""
    """Options of a second run that copies the first one's file; before its input."""
    remux_after: str = ""
    """The same, behind its input."""

    @property
    def count(self) -> int:
        """Of pictures that are drawn."""
        return int(Fraction(self.rate) * self.seconds)


MADE = (
    Clip("gop-1s.mp4", f"{X264} -g 25 -bf 2"),
    Clip("gop-2s-23.976.mp4", f"{X264} -g 48 -bf 3", rate="24000/1001"),
    Clip("gop-4s-29.97.mp4", f"{X264} -g 120 -bf 3", rate="30000/1001"),
    Clip("gop-10s-59.94.mp4", f"{X264} -g 600 -bf 3", rate="60000/1001", seconds=14),
    Clip("no-b-frames.mp4", f"{X264} -g 50 -bf 0", sound="-c:a aac -ar 44100 -ac 1"),
    Clip("every-picture-a-keyframe.mp4", f"{X264} -g 1"),
    Clip("open-gop-h264.mp4", f"{X264} -g 50 -bf 3 -x264-params open-gop=1:b-pyramid=normal"),
    Clip("intra-refresh.mp4", f"{X264} -g 50 -bf 0 -x264-params intra-refresh=1"),
    Clip("interlaced.mp4", f"{X264} -g 50 -bf 2 -flags +ildct+ilme -x264-params tff=1"),
    Clip("h264-422-10-bit.mp4", f"{X264} -g 50 -bf 3 -pix_fmt yuv422p10le"),
    Clip("h264-444.mp4", f"{X264} -g 50 -bf 3 -pix_fmt yuv444p"),
    Clip("open-gop-hevc.mp4", f"{X265} -tag:v hvc1 -x265-params keyint=50:open-gop=1:bframes=4"),
    Clip(
        "closed-gop-hevc.mp4",
        f"{X265} -tag:v hvc1 -x265-params keyint=50:min-keyint=50:open-gop=0:bframes=3:scenecut=0",
    ),
    Clip(
        "hevc-10-bit.mp4",
        f"{X265} -tag:v hvc1 -pix_fmt yuv420p10le -x265-params keyint=100:open-gop=0:bframes=3",
        rate="30000/1001",
    ),
    Clip("long-gop-hevc.ts", f"{X265} -x265-params keyint=250:open-gop=0:bframes=4", seconds=14),
    Clip(
        "vfr.mp4",
        f"{X264} -g 40 -bf 2 -vf settb=1/1000,setpts='N*40+mod(N*N*7\\,31)' -fps_mode vfr"
        " -enc_time_base:v 1/1000",
    ),
    Clip(
        "vfr.mkv",
        f"{X264} -g 40 -bf 2 -vf settb=1/1000,setpts='N*33+mod(N*N*5\\,23)' -fps_mode vfr"
        " -enc_time_base:v 1/1000",
        rate="30",
    ),
    Clip(
        "slides.mp4", f"{X264} -g 2 -bf 0 -vf select='not(mod(n\\,100))' -fps_mode vfr", seconds=20
    ),
    Clip(
        "sparse.mp4",
        f"{X264} -bf 0 -vf select='eq(n\\,0)+eq(n\\,25)+eq(n\\,150)+eq(n\\,249)' -fps_mode vfr",
        seconds=10,
    ),
    Clip("sound-late.mp4", f"{X264} -g 50 -bf 2", sound_input="-itsoffset 2.3"),
    Clip("sound-early.mp4", f"{X264} -g 50 -bf 2 -vf setpts=PTS+0.44/TB -fps_mode vfr"),
    Clip("pictures-end-early.mp4", f"{X264} -g 50 -bf 2 -vf trim=end=6"),
    Clip(
        "sound-in-parts.mp4",
        f"{X264} -g 50 -bf 2",
        sound=f"{AAC} -af volume=0:enable='between(t\\,3\\,5.5)'",
    ),
    Clip("edit-list.mp4", f"{X264} -g 100 -bf 3", remux="-ss 1.72", seconds=14),
    Clip("fragmented.mp4", f"{X264} -g 50 -bf 2", more="-movflags frag_keyframe+empty_moov"),
    Clip("pcm.mov", f"{X264} -g 50 -bf 2", sound="-c:a pcm_s16le"),
    Clip("timecode.mov", f"{X264} -g 50 -bf 2", more="-timecode 01:00:00:00"),
    Clip("prores.mov", "-c:v prores_ks -profile:v 0", sound="-c:a pcm_s16le", seconds=8),
    Clip("b-frames.ts", f"{X264} -g 100 -bf 3", sound="-c:a aac -b:a 96k"),
    Clip(
        "blu-ray.m2ts",
        f"{X264} -g 24 -bf 3",
        sound="-c:a ac3",
        rate="24000/1001",
        more="-f mpegts -mpegts_m2ts_mode 1",
    ),
    Clip("program-stream.mpg", "-c:v mpeg2video -g 15 -bf 2 -q:v 3", sound="-c:a mp2"),
    Clip("h264-b-frames.avi", f"{X264} -g 50 -bf 2", sound="-c:a libmp3lame"),
    Clip("mpeg-4.avi", "-c:v mpeg4 -g 50 -q:v 3", sound="-c:a libmp3lame"),
    Clip("flash.flv", f"{X264} -g 50 -bf 2"),
    Clip(
        "clock-at-10s.mkv",
        f"{X264} -g 50 -bf 2",
        sound="-c:a flac",
        more="-output_ts_offset 10",
        rate="30000/1001",
    ),
    Clip("aac.mkv", f"{X264} -g 50 -bf 3", rate="24000/1001"),
    Clip(
        "vp9-opus.webm",
        "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 -b:v 300k",
        sound="-c:a libopus",
    ),
    Clip(
        "vp8-vorbis.webm",
        "-c:v libvpx -deadline realtime -cpu-used 8 -g 100 -b:v 400k",
        sound="-c:a libvorbis",
        rate="30",
    ),
    Clip("av1.mp4", "-c:v libsvtav1 -preset 12 -g 50 -svtav1-params lp=2"),
    Clip(
        "two-sound-tracks.mp4",
        f"{X264} -g 50 -bf 2",
        maps=TWO_VOICES,
        sound="-c:a:0 aac -c:a:1 aac -ar:a:1 44100",
    ),
    Clip("no-sound.mp4", f"{X264} -g 50 -bf 2", sound=""),
    Clip("no-sound-slides.mp4", f"{X264} -bf 0 -vf select='not(mod(n\\,100))' -fps_mode vfr", ""),
    Clip("rotated.mp4", f"{X264} -g 50 -bf 2", remux="-display_rotation 90"),
    Clip(
        "subtitles.mp4",
        f"{X264} -g 50 -bf 2",
        remux_after="-i {folder}/subtitles.srt -map 0 -map 1 -c:s mov_text",
    ),
    Clip("chapters.mp4", f"{X264} -g 50 -bf 2", remux_after="-i {folder}/chapters.txt -map 0"),
    Clip("six-channels.mp4", f"{X264} -g 50 -bf 2", sound="-c:a aac -ac 6 -b:a 256k"),
)


def make(folder: Path) -> list[Path]:
    """All made clips; those that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as scratch:
        inputs = Path(scratch)
        for voice in range(2):
            write_sound(inputs / f"voice-{voice}.wav", 20, voice)
        (inputs / "subtitles.srt").write_text(SUBTITLES)
        (inputs / "chapters.txt").write_text(CHAPTERS)
        missing = [clip for clip in MADE if not (folder / clip.name).exists()]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda clip: make_one(clip, inputs, folder), missing))
        if not (folder / CHANGING).exists():
            _make_changing(inputs, folder / CHANGING)
    return [folder / clip.name for clip in MADE] + [folder / CHANGING]


def make_one(clip: Clip, inputs: Path, folder: Path) -> None:
    """One clip, by one or two runs of ffmpeg; it appears when it is whole."""
    first, made = inputs / f"first-{clip.name}", inputs / clip.name
    twice = bool(clip.remux or clip.remux_after)
    _run(_encoding(clip, inputs, first if twice else made), _drawn(clip))
    if twice:
        after = clip.remux_after.format(folder=inputs)
        before = ["-y", *shlex.split(clip.remux), "-i", str(first)]
        _run([*before, *shlex.split(after), "-c:v", "copy", "-c:a", "copy", str(made)])
        first.unlink()
    made.rename(folder / clip.name)


def _encoding(clip: Clip, inputs: Path, target: Path) -> list[str]:
    width, height = clip.size
    raw = f"-f rawvideo -pix_fmt yuv420p -s {width}x{height} -r {clip.rate}"
    given = ["-y", *shlex.split(raw), "-i", "-"]
    if clip.sound:
        for voice in range(1 + clip.maps.count("2:a")):
            given += [*shlex.split(clip.sound_input), "-t", str(clip.seconds)]
            given += ["-i", str(inputs / f"voice-{voice}.wav")]
        given += shlex.split(f"{clip.maps} {clip.sound}")
        given += [] if "-ac" in clip.sound or "-c:a:1" in clip.sound else ["-ac", "2"]
    plain = [] if "pix_fmt" in clip.film or "prores" in clip.film else ["-pix_fmt", "yuv420p"]
    return [*given, *shlex.split(clip.film), *plain, *shlex.split(clip.more), str(target)]


def _drawn(clip: Clip) -> Iterator[bytes]:
    return pictures(clip.count, *clip.size)


def _make_changing(inputs: Path, target: Path) -> None:
    """Two transport streams, one behind the other, whose parameter sets differ; sound over both."""
    whole = Clip("whole.ts", "")
    parts = [inputs / "part-1.ts", inputs / "part-2.ts"]
    films = (
        f"{X264} -g 75 -bf 2 -vf trim=end=6",
        f"{X264} -g 75 -bf 2 -coder cavlc -refs 1 -vf trim=start=6 -output_ts_offset 0.08",
    )
    for part, film in zip(parts, films, strict=True):
        half = Clip(part.name, film, sound="", more="-copyts")
        _run(_encoding(half, inputs, part), _drawn(whole))
    pictures_alone = inputs / "both.ts"
    pictures_alone.write_bytes(b"".join(part.read_bytes() for part in parts))
    voice = ["-t", str(whole.seconds), "-i", str(inputs / "voice-0.wav")]
    copied = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", *shlex.split(AAC)]
    made = inputs / target.name
    _run(["-y", "-i", str(pictures_alone), *voice, *copied, str(made)])
    made.rename(target)


def _run(arguments: Sequence[str], raw: Iterable[bytes] = ()) -> None:
    """Let ffmpeg work with these pictures as its standard input."""
    command = [get_ffmpeg_exe(), "-v", "error", "-threads", "2", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            for picture in raw:
                process.stdin.write(picture)
            process.stdin.close()
        except BrokenPipeError:
            pass
        problem = process.stderr.read().decode()
    if process.returncode:
        raise RuntimeError(f"{shlex.join(command)}: {problem}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make and copy everything; print what is there."""
    parser = argparse.ArgumentParser(prog="python -m bench.cuts.clips", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--media", type=Path, help="a folder of real clips")
    parser.add_argument("--more", type=Path, help="another one, of clips that are not shipped")
    given = parser.parse_args(arguments)
    for path in [*make(given.folder), *copy_real(given.folder, [given.media, given.more])]:
        print(f"{path.stat().st_size:>9}  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Command lines: what stands before every input, and that ffmpeg keeps to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import ffmpeg
import pytest

from tests.videos.media.conftest import PICTURES, SOUND, Clips
from videos.media.ffmpeg import command, encoders
from videos.media.ffmpeg.errors import FfmpegMissing
from videos.media.ffmpeg.outcome import FATAL


def run(stream: ffmpeg.Stream, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command.command(stream), cwd=folder, capture_output=True, text=True, timeout=60
    )


def copied(path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return run(ffmpeg.output(command.input_file(path), "out.mkv", c="copy"), folder)


def test_every_input_has_its_limits_before_it() -> None:
    two = [command.input_file(Path(f"/x/{name}.mp4"), ss="1.000000") for name in "ab"]
    argv = command.command(ffmpeg.output(two[0]["v"], two[1]["a"], "out.mp4", c="copy"))
    inputs = [place for place, word in enumerate(argv) if word == "-i"]
    assert [argv[place + 1] for place in inputs] == ["file:/x/a.mp4", "file:/x/b.mp4"]
    for begin, end in zip([0, inputs[0] + 2], inputs, strict=True):
        options = argv[begin:end]
        for name, value in (
            ("-protocol_whitelist", "file"),
            ("-format_whitelist", command.FORMATS),
            ("-max_pixels", "36000000"),
            ("-max_streams", "32"),
            ("-ss", "1.000000"),
        ):
            assert options[options.index(name) + 1] == value


def test_a_caller_cannot_loosen_the_limits() -> None:
    argv = command.command(
        ffmpeg.output(command.input_file(Path("/x"), protocol_whitelist="file,http"), "out.mp4")
    )
    assert argv[argv.index("-protocol_whitelist") + 1] == "file"


def test_a_command_reports_progress_and_reads_no_keys() -> None:
    argv = command.command(ffmpeg.output(command.input_file(Path("/x")), "out.mp4"))
    assert argv[0] == command.ffmpeg_path()
    assert argv[1:9] == ["-nostdin", "-v", "level+warning", "-nostats", *argv[5:9]]
    assert argv[5:9] == ["-progress", "pipe:1", "-stats_period", "0.1"]


def test_an_output_is_never_overwritten(clips: Clips, tmp_path: Path) -> None:
    (tmp_path / "out.mkv").write_text("mine")
    ended = copied(clips.film(), tmp_path)
    assert (tmp_path / "out.mkv").read_text() == "mine"
    assert FATAL in ended.stderr


@pytest.mark.parametrize("name", ["a:b.mp4", "-y.mp4", "%03d.mp4", 'it\'s "so".mp4', "http:x.mp4"])
def test_odd_names_are_only_names(name: str, clips: Clips, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(clips.film().read_bytes())
    assert copied(tmp_path / name, tmp_path).returncode == 0
    (tmp_path / "out.mkv").unlink()
    assert copied(Path(name), tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("film.mov", ()),
        ("film.mkv", ()),
        ("film.webm", ("-cpu-used", "8", "-deadline", "realtime")),
        ("film.avi", ()),
        ("film.ts", ()),
        ("film.mpg", ()),
        ("film.flv", ("-ar", "44100")),
        ("film.wmv", ()),
        ("film.ogv", ()),
        ("film.3gp", ("-s", "176x144", "-c:a", "aac")),
        ("film.mxf", ("-ar", "48000")),
        ("only.mp3", ("-vn",)),
        ("only.wav", ("-vn",)),
        ("only.flac", ("-vn",)),
        ("only.aac", ("-vn",)),
        ("only.m4a", ("-vn",)),
        ("only.ogg", ("-vn",)),
    ],
)
def test_what_people_upload_is_let_in(
    name: str, options: tuple[str, ...], clips: Clips, tmp_path: Path
) -> None:
    path = clips.make(f"in-{name}", *PICTURES, *SOUND, "-t", "0.4", *options)
    ended = copied(path, tmp_path)
    assert "whitelist" not in ended.stderr
    assert ended.returncode == 0


def test_a_disguised_playlist_opens_nothing(clips: Clips, tmp_path: Path) -> None:
    assert copied(clips.playlist("hls.mp4"), tmp_path).returncode != 0
    assert not (tmp_path / "out.mkv").exists()


def test_scripts_and_pictures_are_kept_out(clips: Clips, tmp_path: Path) -> None:
    script = f"ffconcat version 1.0\nfile '{clips.film()}'\n"
    for path in (clips.write("list.mp4", script.encode()), clips.photo()):
        assert copied(path, tmp_path).returncode != 0


@pytest.mark.slow
def test_huge_pictures_are_not_decoded(clips: Clips, tmp_path: Path) -> None:
    huge = clips.make("huge.mp4", "-f", "lavfi", "-i", "color=s=8192x4608", "-frames:v", "1")
    ended = run(ffmpeg.output(command.input_file(huge), "out.mkv"), tmp_path)
    assert ended.returncode != 0
    assert "exceeds specified max pixel count" in ended.stderr


def test_a_made_input_needs_no_file(tmp_path: Path) -> None:
    made = command.lavfi_input("testsrc2=size=64x64:duration=0.2")
    assert run(ffmpeg.output(made, "out.mkv"), tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.000000"),
        (1e-7, "0.000000"),
        (-1e-9, "0.000000"),
        (1e-6, "0.000001"),
        (10, "10.000000"),
        (0.1 + 0.2, "0.300000"),
        (1e15, "1000000000000000.000000"),
        (86399.999999, "86399.999999"),
        (-1.5, "-1.500000"),
    ],
)
def test_times_have_microseconds_and_no_exponent(seconds: float, text: str) -> None:
    assert command.time_arg(seconds) == text


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), float("-inf")])
def test_a_time_that_is_no_number_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        command.time_arg(seconds)


def test_microseconds_stay_exact() -> None:
    assert command.time_arg_us(2**53 + 1) == "9007199254.740993"
    assert command.time_arg_us(-1) == "-0.000001"


def test_the_program_comes_from_the_wheel() -> None:
    assert "imageio_ffmpeg" in command.ffmpeg_path()
    assert "9.0" in encoders.ffmpeg_version()


def test_another_program_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VREWCRAFT_FFMPEG", sys.executable)
    assert command.ffmpeg_path() == sys.executable


def test_a_program_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VREWCRAFT_FFMPEG", "/nowhere/ffmpeg")
    with pytest.raises(FfmpegMissing) as missing:
        command.ffmpeg_path()
    assert "/nowhere/ffmpeg" in str(missing.value.args["detail"])


def test_a_program_that_is_not_ffmpeg_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VREWCRAFT_FFMPEG", "/bin/false")
    with pytest.raises(FfmpegMissing):
        encoders.ffmpeg_version()

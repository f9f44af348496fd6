"""Probing: what is found in good files, and what is said of bad ones."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.videos.media.conftest import H264, PICTURES, SOUND, Clips, Watch
from videos.media.ffmpeg.errors import EmptyFile, MediaError
from videos.media.jobs.child import EXIT_REFUSED
from videos.media.jobs.probe import probe_command, read_result
from videos.media.probe.model import Kind, Probe
from videos.media.probe.scan import scan

SECOND = 1_000_000
MANY = [part for _ in range(33) for part in ("-map", "0")]
KEY = ("-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb")


def probed(path: Path) -> Probe:
    return scan(path, need_video=True)


def code_for(path: Path) -> str:
    with pytest.raises(MediaError) as refused:
        probed(path)
    return refused.value.code


def test_a_film_is_described(clips: Clips) -> None:
    probe = probed(clips.film())
    assert probe.container == "mp4"
    assert probe.bytes == clips.film().stat().st_size
    assert (probe.duration_us, probe.declared_duration_us) == (2 * SECOND, 2 * SECOND)
    assert (probe.width, probe.height, probe.rotation, probe.start_us) == (160, 120, 0, 0)
    assert [time_us for time_us, _ in probe.keyframes] == [0, SECOND]
    assert probe.warnings == ()
    video, audio = probe.streams
    assert (video.kind, video.codec, video.frames) == (Kind.VIDEO, "h264", 50)
    assert (video.fps_num, video.fps_den, video.pix_fmt) == (25, 1, "yuv420p")
    assert (video.width, video.height, video.duration_us) == (160, 120, 2 * SECOND)
    assert (audio.kind, audio.codec, audio.sample_rate) == (Kind.AUDIO, "aac", 44100)
    assert (audio.channels, audio.default, audio.language) == (1, True, None)


def test_keyframes_lie_where_the_file_says(clips: Clips) -> None:
    content = clips.film().read_bytes()
    for _, position in probed(clips.film()).keyframes:
        unit = content[position + 4]  # after the length: SEI or a slice of an IDR picture
        assert unit & 0x1F in (5, 6, 7)


@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("film.mov", "mov"),
        ("film.mkv", "matroska"),
        ("film.ts", "mpegts"),
        ("film.flv", "flv"),
        ("film.avi", "avi"),
    ],
)
def test_other_containers_hold_the_same_film(name: str, container: str, clips: Clips) -> None:
    probe = probed(clips.copy(name))
    assert probe.container == container
    assert probe.duration_us == pytest.approx(2 * SECOND, abs=70_000)
    assert probe.video is not None
    assert (probe.video.codec, probe.video.frames) == ("h264", 50)
    assert (probe.video.fps_num, probe.video.fps_den) == (25, 1)
    assert len(probe.keyframes) == 2
    assert probe.warnings == ()


def test_codecs_have_their_own_names_not_their_decoders(clips: Clips) -> None:
    webm = clips.make("small.webm", *PICTURES, *SOUND, "-t", "0.4", "-deadline", "realtime")
    mp3 = clips.make("mp3.mkv", *PICTURES, *SOUND, "-t", "0.4", *H264, "-c:a", "mp3")
    assert probed(webm).container == "webm"
    assert [stream.codec for stream in probed(webm).streams] == ["vp9", "opus"]
    assert [stream.codec for stream in probed(mp3).streams] == ["h264", "mp3"]


def test_a_file_without_a_declared_duration_has_a_true_one(clips: Clips) -> None:
    live = clips.copy("live.mkv", "-live", "1")
    probe = probed(live)
    assert probe.declared_duration_us is None
    assert probe.duration_us == pytest.approx(2 * SECOND, abs=50_000)


def test_a_lying_duration_does_not_make_a_file_truncated(clips: Clips) -> None:
    content = bytearray(clips.film().read_bytes())
    header = content.index(b"mvhd")
    content[header + 20 : header + 24] = (3_900_000).to_bytes(4, "big")
    probe = probed(clips.write("lies.mp4", bytes(content)))
    assert probe.duration_us == 2 * SECOND
    assert "truncated" not in probe.warnings


@pytest.mark.parametrize(("turned", "rotation"), [(90, 270), (180, 180), (270, 90), (-90, 90)])
def test_a_turned_film_is_shown_upright(turned: int, rotation: int, clips: Clips) -> None:
    source = clips.film()
    path = clips.make(
        f"turned{turned}.mp4", "-display_rotation", str(turned), "-i", source, "-c", "copy"
    )
    probe = probed(path)
    assert probe.rotation == rotation
    size = (160, 120) if rotation == 180 else (120, 160)
    assert (probe.width, probe.height) == size
    assert (probe.streams[0].width, probe.streams[0].height) == (160, 120)


def test_pixels_that_are_not_square_are_shown_wide(clips: Clips) -> None:
    path = clips.make("wide.mp4", *PICTURES, "-vf", "setsar=4/3", "-t", "0.4", *H264)
    assert (probed(path).width, probed(path).height) == (213, 120)


def test_a_variable_frame_rate_is_noticed(clips: Clips) -> None:
    keep = "select=lt(n\\,20)+not(mod(n\\,3))"
    path = clips.make("vfr.mp4", *PICTURES, "-vf", keep, "-fps_mode", "vfr", *H264)
    assert probed(path).warnings == ("vfr",)


def test_a_stream_that_starts_between_keyframes_is_noticed(clips: Clips) -> None:
    packets = clips.copy("film.ts").read_bytes()
    late = clips.write("late.ts", packets[188 * (len(packets) // 188 // 5) :])
    probe = probed(late)
    assert probe.warnings == ("no_initial_keyframe",)
    assert len(probe.keyframes) == 1
    assert probe.keyframes[0][0] > 0
    assert (probe.width, probe.height) == (160, 120)


def test_times_of_a_transport_stream_count_from_its_start(clips: Clips) -> None:
    probe = probed(clips.copy("film.ts"))
    assert probe.start_us > SECOND
    assert probe.keyframes[0][0] < 50_000


def test_hidden_footage_of_a_copied_cut_is_before_the_start(clips: Clips) -> None:
    path = clips.make("cut.mp4", "-ss", "1.4", "-i", clips.film(), "-c", "copy")
    probe = probed(path)
    assert probe.keyframes[0][0] == pytest.approx(-400_000, abs=1000)
    assert probe.video is not None
    assert probe.video.frames == 15
    assert probe.duration_us == pytest.approx(600_000, abs=50_000)


def test_a_cover_picture_beside_a_film_is_recognised(clips: Clips) -> None:
    inputs = ("-i", clips.film(), "-i", clips.photo(), "-map", "0", "-map", "1")
    path = clips.make("cover.mp4", *inputs, "-c", "copy", "-disposition:v:1", "attached_pic")
    assert [stream.kind for stream in probed(path).streams] == ["video", "audio", "picture"]


def test_texts_and_languages_are_kept(clips: Clips) -> None:
    metadata = ("-metadata:s:a:0", "language=kor", "-metadata:s:a:0", "title=해설" + "x" * 500)
    audio = probed(clips.copy("tagged.mkv", *metadata)).streams[1]
    assert audio.language == "kor"
    assert audio.title is not None
    assert audio.title.startswith("해설")
    assert len(audio.title) == 200


def test_metadata_in_another_encoding_does_not_hurt(clips: Clips) -> None:
    path = clips.copy("title.mkv", "-metadata", "title=ABCDEFGH")
    content = path.read_bytes().replace(b"ABCDEFGH", "한글".encode("cp949") * 2)
    assert probed(clips.write("cp949.mkv", content)).duration_us > 0


def test_an_empty_file(clips: Clips) -> None:
    assert code_for(clips.write("empty.mp4", b"")) == "empty_file"


@pytest.mark.parametrize("length", [1, 7, 100, 5000, 200_000])
def test_random_bytes(length: int, clips: Clips) -> None:
    assert code_for(clips.write("random.mp4", os.urandom(length))) == "not_a_video"


def test_plain_text(clips: Clips) -> None:
    assert code_for(clips.write("text.mp4", b"hello\n" * 1000)) == "not_a_video"


def test_sound_alone(clips: Clips) -> None:
    assert code_for(clips.sound()) == "no_video_track"
    assert code_for(clips.sound("sound.mp3")) == "no_video_track"


def test_sound_with_a_cover_picture(clips: Clips) -> None:
    inputs = ("-i", clips.sound(), "-i", clips.photo(), "-map", "0", "-map", "1")
    path = clips.make("album.m4a", *inputs, "-c", "copy", "-disposition:v:0", "attached_pic")
    assert code_for(path) == "no_video_track"


def test_a_picture(clips: Clips) -> None:
    assert code_for(clips.write("photo.mp4", clips.photo().read_bytes())) == "not_a_video"


def test_an_mp4_that_lost_the_index_at_its_end(clips: Clips) -> None:
    content = clips.film().read_bytes()
    assert code_for(clips.write("endless.mp4", content[: len(content) * 6 // 10])) == "truncated"


def test_an_mp4_that_lost_footage_after_the_index(clips: Clips) -> None:
    content = clips.copy("fast.mp4", "-movflags", "+faststart").read_bytes()
    probe = probed(clips.write("short.mp4", content[: len(content) * 6 // 10]))
    assert probe.warnings == ("truncated",)
    assert probe.declared_duration_us == 2 * SECOND
    assert SECOND * 0.6 < probe.duration_us < SECOND * 1.6


def test_an_mp4_that_lost_all_footage_after_the_index(clips: Clips) -> None:
    content = clips.copy("fast.mp4", "-movflags", "+faststart").read_bytes()
    kept = content.index(b"mdat") + 8
    assert code_for(clips.write("bare.mp4", content[:kept])) == "truncated"


def test_a_matroska_file_that_was_cut_short(clips: Clips) -> None:
    long = clips.make("long.mkv", "-stream_loop", "4", "-i", clips.film(), "-c", "copy")
    content = long.read_bytes()
    probe = probed(clips.write("short.mkv", content[: len(content) // 2]))
    assert probe.warnings == ("truncated",)


def test_a_playlist_under_a_videos_name(clips: Clips) -> None:
    assert code_for(clips.playlist("hls.mp4")) == "forbidden_format"
    assert code_for(clips.playlist("hls.m3u8")) == "forbidden_format"


def test_a_script_under_a_videos_name(clips: Clips) -> None:
    script = f"ffconcat version 1.0\nfile '{clips.film()}'\n"
    assert code_for(clips.write("script.mp4", script.encode())) == "forbidden_format"


@pytest.mark.parametrize("extension", ["mp4", "ts"])
def test_huge_pictures(extension: str, clips: Clips) -> None:
    source = ("-f", "lavfi", "-i", "color=s=8192x4608:r=5", "-frames:v", "1")
    path = clips.make(f"huge.{extension}", *source, *H264)
    with pytest.raises(MediaError) as refused:
        probed(path)
    assert refused.value.code == "too_large_picture"
    assert refused.value.args == {"width": 8192, "height": 4608, "limit": 36_000_000}


@pytest.mark.parametrize("extension", ["mp4", "mkv"])
def test_too_many_tracks(extension: str, clips: Clips) -> None:
    path = clips.make(f"many.{extension}", "-i", clips.sound(), *MANY, "-c", "copy")
    assert code_for(path) == "too_many_streams"


def test_encrypted_pictures(clips: Clips) -> None:
    scheme = ("-encryption_scheme", "cenc-aes-ctr", *KEY)
    path = clips.copy("secret.mp4", *scheme, "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8")
    assert code_for(path) == "encrypted"


def test_a_codec_that_nobody_knows(clips: Clips) -> None:
    content = clips.film().read_bytes().replace(b"avc1", b"zzzz")
    assert code_for(clips.write("unknown.mp4", content)) == "bad_media"


def test_pictures_that_cannot_be_decoded(clips: Clips) -> None:
    content = bytearray(clips.copy("fast.mp4", "-movflags", "+faststart").read_bytes())
    start = content.index(b"mdat") + 4
    content[start:] = bytes(len(content) - start)
    assert code_for(clips.write("zeros.mp4", bytes(content))) == "bad_media"


def test_the_child_writes_what_it_finds(clips: Clips, watch: Watch) -> None:
    result = watch.folder / "probe.json"
    finished = watch.run(probe_command(clips.film(), result))
    assert finished.exit_code == 0
    digest = hashlib.sha256(clips.film().read_bytes()).hexdigest()
    assert read_result(result) == replace(probed(clips.film()), sha256=digest)
    assert watch.reports[-1].ended


def test_the_child_reports_how_far_it_has_read(clips: Clips, watch: Watch) -> None:
    long = clips.make("looped.mp4", "-stream_loop", "9", "-i", clips.film(), "-c", "copy")
    watch.run(probe_command(long, watch.folder / "probe.json"))
    first = watch.reports[0]
    assert not first.ended
    assert 0 < (first.bytes or 0) <= long.stat().st_size
    assert (first.out_time_us or 0) > 0


def test_the_child_says_why_it_refuses(clips: Clips, watch: Watch) -> None:
    result = watch.folder / "probe.json"
    finished = watch.run(probe_command(clips.write("empty.mp4", b""), result))
    assert finished.exit_code == EXIT_REFUSED
    assert finished.stderr_tail == "[error] empty_file\n"
    with pytest.raises(EmptyFile):
        read_result(result)


def test_nothing_half_written_is_left(clips: Clips, watch: Watch) -> None:
    watch.run(probe_command(clips.film(), watch.folder / "probe.json"))
    assert {path.name for path in watch.folder.iterdir()} == {"probe.json", "probe.index"}

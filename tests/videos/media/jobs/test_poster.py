"""Posters: one upright picture."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from tests.videos.media.conftest import H264, Clips, Watch
from videos.media.ffmpeg.errors import MediaError
from videos.media.ffmpeg.outcome import raise_for_exit
from videos.media.jobs.child import EXIT_REFUSED
from videos.media.jobs.picture import draw, probe_picture
from videos.media.jobs.poster import poster_command

RED, GREEN, BLUE, WHITE = (254, 0, 0), (0, 128, 0), (0, 0, 254), (255, 255, 255)


def corners(path: Path) -> list[tuple[int, ...]]:
    """Colours at the four corners: top left and right, bottom left and right."""
    with path.open("rb") as file, av.open(file, "r", format="jpeg_pipe") as container:
        picture = next(container.decode(video=0)).reformat(format="rgb24")
    plane = picture.planes[0]
    pixels, stride = bytes(plane), plane.line_size
    inset = 8
    places = [
        (x, y) for y in (inset, picture.height - inset) for x in (inset, picture.width - inset)
    ]
    return [tuple(pixels[y * stride + x * 3 : y * stride + x * 3 + 3]) for x, y in places]


def close(found: list[tuple[int, ...]], wanted: list[tuple[int, ...]]) -> bool:
    pairs = [pair for many in zip(found, wanted, strict=True) for pair in zip(*many, strict=True)]
    return all(abs(one - other) <= 12 for one, other in pairs)


def four_colours(clips: Clips) -> Path:
    """Red and green above blue and white, 320 x 240."""
    sources = [
        part
        for colour in ("red", "green", "blue", "white")
        for part in ("-f", "lavfi", "-i", f"color={colour}:s=160x120:r=25:d=0.4")
    ]
    grid = "[0][1]hstack[a];[2][3]hstack[b];[a][b]vstack"
    return clips.make("colours.mp4", *sources, "-filter_complex", grid, *H264)


def test_a_poster_shows_the_true_colours(clips: Clips, tmp_path: Path) -> None:
    draw(four_colours(clips), tmp_path / "p.jpg", at=0, width=640)
    assert close(corners(tmp_path / "p.jpg"), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize(
    ("turned", "wanted"),
    [
        (-90, [BLUE, RED, WHITE, GREEN]),
        (180, [WHITE, BLUE, GREEN, RED]),
        (90, [GREEN, WHITE, RED, BLUE]),
    ],
)
def test_a_poster_is_upright(
    turned: int, wanted: list[tuple[int, ...]], clips: Clips, tmp_path: Path
) -> None:
    turn = ("-display_rotation", str(turned))
    source = clips.make(f"colours{turned}.mp4", *turn, "-i", four_colours(clips), "-c", "copy")
    draw(source, tmp_path / "p.jpg", at=0, width=640)
    assert close(corners(tmp_path / "p.jpg"), wanted)
    found = probe_picture(tmp_path / "p.jpg")
    assert (found.width, found.height) == ((320, 240) if turned == 180 else (240, 320))


@pytest.mark.parametrize(
    ("width", "size"), [(640, (320, 240)), (160, (160, 120)), (101, (100, 76)), (1, (2, 2))]
)
def test_a_poster_is_never_enlarged(
    width: int, size: tuple[int, int], clips: Clips, tmp_path: Path
) -> None:
    draw(four_colours(clips), tmp_path / "p.jpg", at=0, width=width)
    found = probe_picture(tmp_path / "p.jpg")
    assert (found.width, found.height) == size


def test_pixels_that_are_not_square_are_shown_wide(clips: Clips, tmp_path: Path) -> None:
    source = clips.make("sar.mp4", "-i", four_colours(clips), "-vf", "setsar=2", *H264)
    draw(source, tmp_path / "p.jpg", at=0, width=640)
    assert (probe_picture(tmp_path / "p.jpg").width, probe_picture(tmp_path / "p.jpg").height) == (
        640,
        240,
    )


def test_a_poster_is_the_keyframe_before_its_time(clips: Clips, tmp_path: Path) -> None:
    pictures = []
    for at in (0.0, 0.9, 1.0, 1.9):
        draw(clips.film(), tmp_path / "p.jpg", at=at, width=160)
        pictures.append((tmp_path / "p.jpg").read_bytes())
    assert pictures[0] == pictures[1]
    assert pictures[2] == pictures[3]
    assert pictures[0] != pictures[2]


def test_a_time_past_the_end_still_gives_a_picture(clips: Clips, tmp_path: Path) -> None:
    draw(clips.film(), tmp_path / "p.jpg", at=9999, width=160)
    assert probe_picture(tmp_path / "p.jpg").width == 160


def test_a_stream_that_starts_between_keyframes_has_a_poster(clips: Clips, tmp_path: Path) -> None:
    packets = clips.copy("film.ts").read_bytes()
    late = clips.write("late.ts", packets[188 * (len(packets) // 188 // 5) :])
    draw(late, tmp_path / "p.jpg", at=0.1, width=160)
    assert probe_picture(tmp_path / "p.jpg").width == 160


def test_other_pixel_formats_are_drawn(clips: Clips, tmp_path: Path) -> None:
    ten_bits = ("-pix_fmt", "yuv422p10le", "-c:v", "ffv1")
    source = clips.make("ten.mkv", "-i", four_colours(clips), *ten_bits)
    draw(source, tmp_path / "p.jpg", at=0, width=640)
    assert close(corners(tmp_path / "p.jpg"), [RED, GREEN, BLUE, WHITE])


def test_the_child_draws_the_poster(clips: Clips, watch: Watch) -> None:
    out = watch.folder / "poster.jpg"
    raise_for_exit(watch.run(poster_command(clips.film(), out, at=0.2, width=80)))
    assert (probe_picture(out).width, probe_picture(out).height) == (80, 60)
    assert watch.reports[-1].ended
    assert [path.name for path in watch.folder.iterdir()] == ["poster.jpg"]


def test_the_child_says_why_there_is_none(clips: Clips, watch: Watch) -> None:
    finished = watch.run(poster_command(clips.sound(), watch.folder / "poster.jpg", at=0))
    assert finished.exit_code == EXIT_REFUSED
    with pytest.raises(MediaError) as refused:
        raise_for_exit(finished)
    assert refused.value.args["detail"] == "no_video_track"

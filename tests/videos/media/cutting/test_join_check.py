"""The check of a result before it is published finds what went wrong around a join."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.packet import Packet
from av.video.stream import VideoStream

from tests.videos.media.cutting import made_films
from tests.videos.media.cutting.exports import FILMS, Cut, cut
from tests.videos.media.cutting.made_films import Gop
from videos.media.cutting.join_check import Window, windows
from videos.media.cutting.planner import plan_film
from videos.media.cutting.timeline import Segment
from videos.media.ffmpeg.errors import BadOutput

Make = Callable[[str], Path]
Change = Callable[[int, "Packet[VideoStream]"], bool]
NAMES = ["b-frames.mp4", "closed-gop-hevc.mp4"]


@dataclass
class Spoiled:
    """Copies of a result with something wrong in them."""

    made: Cut

    def check(self) -> None:
        """What an export does before it gives its result away."""
        self.made.export.check(self.made.plan, self.made.path)

    def rewrite(self, change: Change) -> None:
        """Write the result's pictures anew; a packet that `change` refuses is left out."""
        spoiled = self.made.path.with_name("spoiled.mp4")
        with av.open(str(self.made.path)) as container, av.open(str(spoiled), "w") as out:
            stream = container.streams.video[0]
            target = out.add_stream_from_template(stream, opaque=True)
            for number, packet in enumerate(container.demux(stream)):
                if packet.size and change(number, packet):
                    packet.stream = target
                    out.mux(packet)
        shutil.move(spoiled, self.made.path)


@pytest.fixture(params=NAMES)
def spoiled(request: pytest.FixtureRequest, clip: Make, tmp_path: Path) -> Spoiled:
    """A right result to spoil: its first join lies 0.52 s from its beginning."""
    return Spoiled(cut(clip(request.param), tmp_path, (1.48, 7.4)))


@pytest.mark.slow
def test_a_right_result_passes(spoiled: Spoiled) -> None:
    spoiled.check()


@pytest.mark.slow
def test_a_lost_picture_is_found(spoiled: Spoiled) -> None:
    spoiled.rewrite(lambda number, _packet: number != 18)
    with pytest.raises(BadOutput):
        spoiled.check()


@pytest.mark.slow
def test_a_picture_at_another_time_is_found(spoiled: Spoiled) -> None:
    def later(number: int, packet: Packet[VideoStream]) -> bool:
        if number == 5 and packet.pts is not None:
            packet.pts += 1
        return True

    spoiled.rewrite(later)
    with pytest.raises(BadOutput):
        spoiled.check()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by", [-5.0, 1.0])
def test_the_pictures_of_another_cut_are_found(
    clip: Make, tmp_path: Path, name: str, by: float
) -> None:
    folders = tmp_path / "right", tmp_path / "wrong"
    for folder in folders:
        folder.mkdir()
    right = cut(clip(name), folders[0], (6.48, 9.4))
    wrong = cut(clip(name), folders[1], (6.48 + by, 9.4 + by))
    assert right.times == wrong.times
    with pytest.raises(BadOutput):
        right.export.check(right.plan, wrong.path)


@pytest.mark.slow
def test_pictures_that_lie_field_by_field_pass(clip: Make, tmp_path: Path) -> None:
    made = cut(clip("interlaced.mp4"), tmp_path, (1.48, 4.4))
    assert made.plan.films[0].plan.why_encoded == "interlaced"
    assert made.sentences() == []


@pytest.mark.slow
def test_a_film_that_begins_after_its_sound_passes(tmp_path: Path) -> None:
    """By parts of a millisecond, which headers round."""
    made = cut(FILMS / "gop-4s.ts", tmp_path, (0, 9.3))
    assert len(made.pieces) > 1


class TestWindows:
    """One second to both sides of each join."""

    FILM = made_films.film([Gop(25, b_frames=2)] * 20)
    SECOND = round(1 / FILM.tick)

    def seconds(self, *segments: tuple[float, float]) -> list[tuple[float, float]]:
        """The windows of a plan for these segments, in seconds of the result."""
        spans = [Segment(round(a * 1e6), round(b * 1e6)) for a, b in segments]
        plan = plan_film(self.FILM, spans)
        found: list[Window] = windows(plan)
        return [(float(w.begin * plan.tick), float(w.end * plan.tick)) for w in found]

    def test_where_nothing_is_joined_there_is_none(self) -> None:
        assert self.seconds((2, 10)) == []

    def test_around_a_join(self) -> None:
        assert self.seconds((2, 10), (13, 18)) == [(7, 9)]

    def test_none_begins_before_the_result(self) -> None:
        ((begin, end),) = self.seconds((1.48, 10))
        assert begin == 0
        assert end == pytest.approx(1.52)

    def test_those_that_touch_are_one(self) -> None:
        assert self.seconds((2, 3), (5, 6), (9, 10)) == [(0, 3)]

    def test_between_them_nothing_is_decoded(self) -> None:
        found = self.seconds((0, 5), (8, 13), (14, 20))
        assert found == [(4, 6), (9, 11)]
        assert Fraction(sum(b - a for a, b in found)) == 4

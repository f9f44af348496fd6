"""What is found out about a source while its packets are read."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests import media
from tests.videos.media.cutting.exports import FILMS
from videos.media.cutting.index import Index
from videos.media.probe import scan

Make = Callable[[str], Path]


def index_of(path: Path) -> Index:
    found = scan.scan_with_index(path, need_video=True).index
    assert found is not None
    return found


def keyframe_times(path: Path) -> list[float]:
    """By the container's own flags."""
    with av.open(str(path)) as container:
        packets = [each for each in container.demux(video=0) if each.size and each.is_keyframe]
        return [float((each.pts or 0) * each.time_base) for each in packets]


class TestPictures:
    """Every packet, and when it is shown."""

    @pytest.mark.parametrize(
        ("name", "count"),
        [
            ("b-frames.mp4", 300),
            ("b-frames.ts", 300),
            ("clock-at-10s.mkv", 359),
            ("h264-b-frames.avi", 300),
            ("vp9-opus.webm", 300),
            ("program-stream.mpg", 300),
        ],
    )
    def test_all_are_there_in_even_steps(self, clip: Make, name: str, count: int) -> None:
        film = index_of(clip(name)).film
        steps = {(b - a) * film.tick for a, b in pairwise(film.shown_at)}
        assert len(film) == count
        assert max(steps) - min(steps) <= max(film.tick, Fraction(1, 1000))

    @pytest.mark.parametrize("name", ["b-frames.mp4", "clock-at-10s.mkv", "b-frames.ts"])
    def test_time_0_is_the_first_sound_or_picture(self, clip: Make, name: str) -> None:
        index = index_of(clip(name))
        lasting = [track for track in index.tracks if track.kind in {"video", "audio"}]
        assert min(track.start_us for track in lasting) == 0
        assert max(track.end_us for track in lasting) == index.end_us
        assert index.end_us == pytest.approx(12_000_000, abs=70_000)

    def test_what_an_edit_list_hides_is_not_shown(self, clip: Make) -> None:
        film = index_of(clip("edit-list.mp4")).film
        assert film.hidden
        assert film.shown_at[0] >= 0
        assert len(film) + len(film.hidden) == len(film.times)

    def test_pictures_that_hang_on_a_missing_keyframe_are_not_shown(self) -> None:
        film = index_of(media.joins_late()).film
        first = film.keyframes[0]
        assert first > 0
        assert set(range(first)) <= film.hidden
        assert film.order[0] == first


@pytest.mark.parametrize(
    "name", sorted(each.name for each in FILMS.iterdir() if each.suffix != ".md")
)
def test_index_and_probe_agree_on_the_length(name: str) -> None:
    """Else a time could be asked for that no cut can have."""
    found = scan.scan_with_index(FILMS / name, need_video=True)
    assert found.index is not None
    assert found.probe.duration_us == pytest.approx(found.index.end_us, abs=50_000)


class TestEntries:
    """From where on a film can be copied."""

    @pytest.mark.parametrize("name", ["b-frames.mp4", "b-frames.ts", "closed-gop-hevc.mp4"])
    def test_closed_groups_begin_with_one(self, clip: Make, name: str) -> None:
        film = index_of(clip(name)).film
        assert film.entries == film.keyframes
        assert len(film.entries) == len(keyframe_times(clip(name)))
        assert not film.why_encoded

    def test_of_open_groups_in_h264_only_the_idr_is_one(self, clip: Make) -> None:
        film = index_of(clip("open-gop-h264.mp4")).film
        assert list(film.entries) == [0]
        assert len(film.keyframes) >= 1

    def test_of_open_groups_in_hevc_all_are(self, clip: Make) -> None:
        """Their leading pictures are known as such."""
        film = index_of(clip("open-gop-hevc.mp4")).film
        assert len(film.entries) > 3
        second = film.entries[1]
        assert film.times[second + 1] < film.times[second]


class TestWhatCannotBeMixed:
    """Copied pictures beside encoded ones: not everywhere, and it says why."""

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("interlaced.mp4", "interlaced"),
            ("vp9-opus.webm", "codec"),
            ("av1.mp4", "codec"),
            ("prores.mov", "codec"),
            ("program-stream.mpg", "codec"),
            ("mpeg-4.avi", "no_times"),
        ],
    )
    def test_it_says_why(self, clip: Make, name: str, why: str) -> None:
        assert index_of(clip(name)).film.why_encoded == why

    @pytest.mark.parametrize(
        "name", ["h264-422-10-bit.mp4", "h264-444.mp4", "hevc-10-bit.mp4", "h264-b-frames.avi"]
    )
    def test_what_an_encoder_can_match_is_mixed(self, clip: Make, name: str) -> None:
        assert index_of(clip(name)).film.why_encoded == ""

    def test_rgb_is_not_matched(self) -> None:
        assert index_of(FILMS / "rgb.mkv").film.why_encoded

    def test_packets_without_times_are_given_some(self) -> None:
        film = index_of(FILMS / "raw.h264").film
        assert len({b - a for a, b in pairwise(film.shown_at)}) == 1
        assert float(film.usual_gap * film.tick) == pytest.approx(0.04, abs=0.001)


class TestTracks:
    """From when to when each plays, and why one cannot come along."""

    def test_sound_that_nothing_decodes(self) -> None:
        notes = [track.note for track in index_of(FILMS / "unknown-sound-codec.mp4").tracks]
        assert notes == ["", "", "no_decoder"]

    def test_a_cover(self) -> None:
        index = index_of(FILMS / "cover-as-film-track.mp4")
        assert [(t.kind, t.note) for t in index.tracks] == [
            ("video", ""),
            ("audio", ""),
            ("video", "cover"),
        ]
        assert len(index.films) == 1

    def test_sound_begins_where_it_is_heard(self) -> None:
        sound = index_of(FILMS / "sound-begins-late.mp4").of_kind("audio")[0]
        assert sound.start_us == pytest.approx(4_000_000, abs=25_000)
        assert sound.end_us == pytest.approx(7_000_000, abs=25_000)

    def test_pictures_end_with_their_last_one(self) -> None:
        index = index_of(FILMS / "pictures-end-early.mp4")
        assert index.of_kind("video")[0].end_us == 4_000_000
        assert index.end_us == 10_000_000

    def test_pictures_begin_with_their_first_one(self) -> None:
        index = index_of(FILMS / "pictures-begin-late.mp4")
        assert index.of_kind("video")[0].start_us == 440_000
        assert index.of_kind("audio")[0].start_us == 0

    def test_a_mirror_is_remembered(self) -> None:
        assert index_of(FILMS / "mirrored.mp4").film.matrix[0] == -65_536
        assert index_of(FILMS / "sparse.mp4").film.matrix == ()

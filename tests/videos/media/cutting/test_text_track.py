"""Captions and chapters of a result: clipped, moved, dropped, joined."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from videos.media.cutting import text_track
from videos.media.cutting.text_track import Text, moved, packets
from videos.media.cutting.timeline import Segment

SECOND_US = 1_000_000


def segment(start: float, end: float) -> Segment:
    return Segment(round(start * SECOND_US), round(end * SECOND_US))


@st.composite
def texts(draw: st.DrawFn) -> list[Text]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, 20_000))
        found.append(Text(start, start + draw(st.integers(1, 9_000)), f"text {number}"))
    return found


@st.composite
def segments(draw: st.DrawFn) -> list[Segment]:
    found = []
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, 20_000_000))
        found.append(Segment(start, start + draw(st.integers(1, 9_000_000))))
    return found


class TestMoved:
    """From the time of the source to that of the result."""

    def test_what_lies_inside_moves_by_the_start(self) -> None:
        assert moved([Text(3000, 4000, "a")], [segment(2, 8)]) == [Text(1000, 2000, "a")]

    def test_what_reaches_out_is_clipped(self) -> None:
        cues = [Text(1000, 3000, "a"), Text(7000, 9000, "b"), Text(0, 10_000, "c")]
        assert moved(cues, [segment(2, 8)]) == [
            Text(0, 1000, "a"),
            Text(0, 6000, "c"),
            Text(5000, 6000, "b"),
        ]

    def test_what_lies_outside_is_dropped(self) -> None:
        cues = [Text(0, 1000, "a"), Text(9000, 9500, "b")]
        assert moved(cues, [segment(2, 8)]) == []

    def test_what_only_touches_is_dropped(self) -> None:
        cues = [Text(1000, 2000, "a"), Text(8000, 9000, "b")]
        assert moved(cues, [segment(2, 8)]) == []

    def test_what_would_have_no_length_in_milliseconds_is_dropped(self) -> None:
        assert moved([Text(1000, 2000, "a")], [Segment(1_999_700, 3_000_000)]) == []

    def test_each_segment_has_its_own_place(self) -> None:
        cues = [Text(1000, 2000, "first"), Text(6000, 7000, "second")]
        assert moved(cues, [segment(5, 8), segment(0, 3)]) == [
            Text(1000, 2000, "second"),
            Text(4000, 5000, "first"),
        ]

    def test_the_same_stretch_twice_has_its_text_twice(self) -> None:
        twice = moved([Text(1000, 2000, "a")], [segment(0, 3), segment(0, 3)])
        assert twice == [Text(1000, 2000, "a"), Text(4000, 5000, "a")]

    @given(texts(), segments())
    def test_all_lie_within_the_result_and_have_a_length(
        self, cues: list[Text], cut: list[Segment]
    ) -> None:
        length_ms = sum(each.length_us for each in cut) / 1000
        found = moved(cues, cut)
        assert all(0 <= text.start_ms < text.end_ms <= length_ms + 0.5 for text in found)
        assert found == sorted(found, key=lambda text: (text.start_ms, text.end_ms))

    @given(texts(), segments())
    def test_each_moment_shows_what_the_source_shows_there(
        self, cues: list[Text], cut: list[Segment]
    ) -> None:
        found, before = moved(cues, cut), 0
        for each in cut:
            for at in range(before, before + each.length_us, 700_001):
                own = each.start_us + at - before
                right = {c.text for c in cues if c.start_ms <= own / 1000 - 1 < c.end_ms - 2}
                shown = {t.text for t in found if t.start_ms <= at / 1000 < t.end_ms}
                assert right - shown == {
                    c.text for c in cues if c.text in right - shown and at - before < 1000
                }
            before += each.length_us


class TestPackets:
    """The track as an MP4 has it: without a hole."""

    def test_silence_is_a_packet_without_text(self) -> None:
        found = [
            (p.time, p.length, text_track.read(p.data)) for p in packets([Text(500, 900, "a")])
        ]
        assert found == [(0, 500, ""), (500, 400, "a")]

    def test_texts_that_overlap_share_a_packet_while_both_are_shown(self) -> None:
        both = [Text(0, 2000, "a"), Text(1000, 3000, "b")]
        found = [(p.time, p.length, text_track.read(p.data)) for p in packets(both)]
        assert found == [(0, 1000, "a"), (1000, 1000, "a\nb"), (2000, 1000, "b")]

    def test_no_text_is_no_packet(self) -> None:
        assert list(packets([])) == []

    @given(texts())
    def test_there_is_no_hole_and_nothing_without_length(self, cues: list[Text]) -> None:
        found = list(packets(cues))
        assert all(packet.length > 0 for packet in found)
        assert all(a.time + a.length == b.time for a, b in pairwise(found))
        assert not found or found[0].time == 0
        assert not found or found[-1].time + found[-1].length == max(c.end_ms for c in cues)

    @given(st.text(max_size=300))
    def test_text_comes_back(self, text: str) -> None:
        encoded = text.encode("utf-8", "replace").decode()
        found = list(packets([Text(0, 1, encoded)]))
        assert text_track.read(found[0].data) == encoded

    def test_text_that_is_too_long_ends_with_a_whole_letter(self) -> None:
        found = list(packets([Text(0, 1, "é" * 40_000)]))
        assert set(text_track.read(found[0].data)) == {"é"}

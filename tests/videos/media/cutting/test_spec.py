"""What children are told comes back as it was."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from videos.media.cutting.planner import Cue
from videos.media.cutting.spec import CaptionFile, Spec
from videos.media.cutting.timeline import Segment

words = st.text(max_size=20)
spans = st.lists(st.tuples(st.integers(0, 2**53), st.integers(0, 2**53)), max_size=4).map(tuple)
specs = st.builds(
    Spec,
    source=words,
    sha256=words,
    index=words,
    segments=spans,
    mode=st.sampled_from(["exact", "fast"]),
    sounds=st.none() | st.lists(st.integers(0, 99), max_size=4).map(tuple),
    attached=st.lists(st.builds(CaptionFile, words, words, words), max_size=3).map(tuple),
    keeps_captions=st.booleans(),
    cues=spans,
    drawn=words,
    fonts=words,
    clockwise=st.sampled_from([0, 90, 180, 270]),
    chapters=st.none() | st.lists(st.tuples(st.floats(0, 1e6), words), max_size=3).map(tuple),
    metadata=st.sampled_from(["keep", "strip"]),
    names=st.dictionaries(words, st.dictionaries(words, words, max_size=2), max_size=3),
)
PLAIN = Spec("source.mp4", "", "", ())


@given(specs)
def test_comes_back_as_it_was(spec: Spec) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spec.json")
        path.write_text(spec.to_json(), encoding="utf-8")
        assert Spec.read(path) == spec


def test_without_segments_all_of_the_source_is_meant() -> None:
    assert PLAIN.required(12_345).segments == (Segment(0, 12_345),)


def test_with_segments_those_are_meant_in_their_order() -> None:
    spec = Spec("source.mp4", "", "", ((5, 9), (1, 4)), cues=((2, 3),), drawn="text.ass")
    required = spec.required(12_345)
    assert required.segments == (Segment(5, 9), Segment(1, 4))
    assert required.cues == (Cue(2, 3),)
    assert required.is_drawn
    assert not PLAIN.required(1).is_drawn


def test_all_sound_tracks_is_not_the_same_as_none() -> None:
    assert PLAIN.required(1).sounds is None
    assert Spec("source.mp4", "", "", (), sounds=()).required(1).sounds == ()

"""Whole exports in this process: from a source to a result, by way of pieces on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest

from bench.cuts.films import read
from bench.cuts.packets import Framing
from tests.videos.media.cutting.exports import SPEC, Cut, cut
from videos.media.cutting.export import Export
from videos.media.cutting.planner import Copied, Encoded
from videos.media.cutting.result_plan import FAST, LeftOut
from videos.media.cutting.spec import CaptionFile, Spec
from videos.media.ffmpeg.errors import MediaError

Make = Callable[[str], Path]
FILMS = [
    "b-frames.mp4",
    "closed-gop-hevc.mp4",
    "open-gop-hevc.mp4",
    "hevc-10-bit.mp4",
    "b-frames.ts",
    "clock-at-10s.mkv",
    "vfr.mp4",
    "edit-list.mp4",
    "fragmented.mp4",
]
ALL_ENCODED = ["prores.mov", "vp9-opus.webm", "interlaced.mp4"]
PIECES = (1.48, 5.48), (6.2, 9.4)
"""Two segments whose ends all lie between keyframes."""


def framing(path: Path) -> tuple[Framing, list[bytes]]:
    """The packets of a film, and how they are read."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        found = [bytes(each) for each in container.demux(stream) if each.size]
        context = stream.codec_context
        return Framing(context.name, bytes(context.extradata or b"")), found


def digests(path: Path) -> list[bytes]:
    """Of the coded pictures of a file, in its order."""
    how, found = framing(path)
    return [how.digest(each) for each in found]


def sound_digests(path: Path, track: int = 0) -> list[bytes]:
    """Of the packets of a sound track."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[track]
        how = Framing(stream.codec_context.codec.canonical_name, None)
        return [how.digest(bytes(each)) for each in container.demux(stream) if each.size]


def contains(whole: list[bytes], part: list[bytes]) -> bool:
    """Whether a run of packets is found in another one."""
    starts = [at for at, each in enumerate(whole) if part and each == part[0]]
    return any(whole[at : at + len(part)] == part for at in starts)


def states(files: list[Path]) -> dict[str, tuple[int, str]]:
    """When each file was written, and what is in it."""
    return {
        file.name: (file.stat().st_mtime_ns, hashlib.sha256(file.read_bytes()).hexdigest())
        for file in files
    }


class TestSegments:
    """Any stretches, in any order."""

    @pytest.mark.slow
    @pytest.mark.parametrize("name", [*FILMS, *ALL_ENCODED, "two-sound-tracks.mp4"])
    def test_two_segments_in_reversed_order(self, clip: Make, tmp_path: Path, name: str) -> None:
        made = cut(clip(name), tmp_path, (5.64, 7.72), (1.48, 4.4))
        assert made.sentences() == []
        numbers = [number for number in made.numbers if number is not None]
        middle = next(n for n, (a, b) in enumerate(pairwise(numbers)) if b < a)
        assert numbers[middle] > numbers[-1]
        assert numbers[: middle + 1] == sorted(set(numbers[: middle + 1]))
        assert numbers[middle + 1 :] == sorted(set(numbers[middle + 1 :]))

    @pytest.mark.slow
    @pytest.mark.parametrize("name", FILMS)
    def test_one_segment_from_within_a_group_to_within_another(
        self, clip: Make, tmp_path: Path, name: str
    ) -> None:
        made = cut(clip(name), tmp_path, (1.36, 9.32))
        assert "copied" in made.pieces
        assert made.sentences() == []

    @pytest.mark.slow
    @pytest.mark.parametrize("name", [*FILMS, "sound-early.mp4", "aac.mkv"])
    def test_from_the_very_beginning(self, clip: Make, tmp_path: Path, name: str) -> None:
        """Sound may begin some parts of a millisecond before the pictures."""
        made = cut(clip(name), tmp_path, (0, 9.32))
        assert made.sentences() == []

    @pytest.mark.slow
    @pytest.mark.parametrize("name", [*FILMS, "sound-early.mp4", "pictures-end-early.mp4"])
    def test_to_the_very_end(self, clip: Make, tmp_path: Path, name: str) -> None:
        made = cut(clip(name), tmp_path, (4.68, 99))
        assert made.sentences() == []

    @pytest.mark.slow
    def test_the_same_stretch_twice_is_encoded_once(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("b-frames.mp4"), tmp_path, (1.48, 1.88), (1.48, 1.88))
        assert len(made.piece_files) == 1
        assert made.numbers == [*range(37, 47)] * 2
        assert made.sentences() == []

    @pytest.mark.slow
    def test_ten_joins_do_not_add_up(self, clip: Make, tmp_path: Path) -> None:
        spans = [(at + 0.2, at + 0.88) for at in range(11)]
        made = cut(clip("b-frames.mp4"), tmp_path, *spans)
        assert made.film.pictures_end == pytest.approx(11 * 0.68, abs=0.001)
        assert made.sentences() == []

    @pytest.mark.parametrize("name", ["b-frames.mp4", "clock-at-10s.mkv", "b-frames.ts"])
    def test_a_single_picture(self, clip: Make, tmp_path: Path, name: str) -> None:
        source = clip(name)
        at = [float(time) for time in read(source).times]
        made = cut(source, tmp_path, (at[61], at[62]))
        assert made.numbers == [61]
        assert made.sentences() == []


class TestWhatIsCopied:
    """Outside the stretches that are touched, packets are the source's own."""

    @pytest.mark.slow
    @pytest.mark.parametrize("name", FILMS)
    @pytest.mark.parametrize("spans", [[(1.36, 9.32)], [(5.64, 9.72), (1.48, 4.4)]])
    def test_packets_are_the_same(
        self, clip: Make, tmp_path: Path, name: str, spans: list[tuple[float, float]]
    ) -> None:
        source = clip(name)
        made = cut(source, tmp_path, *spans)
        own, shown, at = digests(source), digests(made.path), 0
        for piece in made.plan.films[0].plan.pieces:
            if isinstance(piece, Encoded):
                at += len(piece.pictures)
                continue
            # An entry without its leading pictures is marked as one of a splice.
            entry = 1 if piece.skipped else 0
            right = [own[number] for number in piece.packets]
            assert shown[at + entry : at + len(right)] == right[entry:]
            at += len(right)
        assert at == len(shown)

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["b-frames.mp4", "closed-gop-hevc.mp4", "b-frames.ts"])
    def test_of_a_whole_film_all_are_and_nothing_is_encoded(
        self, clip: Make, tmp_path: Path, name: str
    ) -> None:
        source = clip(name)
        made = cut(source, tmp_path)
        assert made.pieces == ["copied"]
        assert made.piece_files == []
        assert digests(made.path) == digests(source)
        assert sound_digests(made.path) == sound_digests(source)
        length = made.plan.length_us / 1e6
        assert made.sentences() == []
        assert float(made.film.end) == pytest.approx(length, abs=0.05)

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["b-frames.mp4", "b-frames.ts", "clock-at-10s.mkv"])
    def test_sound_of_one_segment_is_copied_too(
        self, clip: Make, tmp_path: Path, name: str
    ) -> None:
        source = clip(name)
        made = cut(source, tmp_path, (1.36, 9.32))
        assert made.plan.sounds[0].is_copied
        assert contains(sound_digests(source), sound_digests(made.path))

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["b-frames.mp4", "open-gop-hevc.mp4", "b-frames.ts"])
    def test_a_cut_of_a_result_along_its_joins_encodes_nothing(
        self, clip: Make, tmp_path: Path, name: str
    ) -> None:
        first = tmp_path / "first"
        first.mkdir()
        made = cut(clip(name), first, (1.36, 9.32))
        again = cut(made.path, tmp_path)
        assert again.pieces == ["copied"]
        assert again.numbers == made.numbers
        assert again.times == made.times


class TestSounds:
    """Which tracks a result has."""

    @pytest.mark.slow
    @pytest.mark.parametrize("spans", [[(1.36, 5.32)], [(5.64, 7.72), (1.48, 4.4)]])
    def test_two_tracks_keep_their_places_and_names(
        self, clip: Make, tmp_path: Path, spans: list[tuple[float, float]]
    ) -> None:
        names = {"1": {"language": "kor"}, "2": {"language": "eng", "title": "Director"}}
        source = clip("two-sound-tracks.mp4")
        made = cut(source, tmp_path, *spans, spec=replace(SPEC, names=names))
        with av.open(str(made.path)) as container:
            tracks = container.streams.audio
            assert [track.language for track in tracks] == ["kor", "eng"]
            assert [track.codec_context.sample_rate for track in tracks] == [48_000, 44_100]
            assert [bool(track.disposition & 1) for track in tracks] == [True, False]
        assert made.sentences() == []

    @pytest.mark.parametrize(("sounds", "rates"), [((), []), ((2,), [44_100]), ((1,), [48_000])])
    def test_only_those_that_are_asked_for(
        self, clip: Make, tmp_path: Path, sounds: tuple[int, ...], rates: list[int]
    ) -> None:
        spec = replace(SPEC, sounds=sounds)
        made = cut(clip("two-sound-tracks.mp4"), tmp_path, (2, 4), spec=spec)
        assert [sound.rate for sound in made.film.sounds] == rates
        assert made.plan.left_out == ()

    @pytest.mark.slow
    def test_one_that_is_silent_in_the_cut_stays_silent_there(
        self, clip: Make, tmp_path: Path
    ) -> None:
        made = cut(clip("sound-in-parts.mp4"), tmp_path, (3.2, 5.2))
        assert len(made.film.sounds) == 1
        assert made.sentences() == []

    @pytest.mark.slow
    def test_one_that_is_not_in_the_cut_is_named(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("sound-late.mp4"), tmp_path, (0, 2))
        assert made.plan.left_out == (LeftOut(1, "audio", "not_in_span"),)
        assert made.sentences() == []


class TestWhatGoesAlong:
    """Captions, chapters, names of the source."""

    def test_captions_are_clipped_and_moved(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("subtitles.mp4"), tmp_path, (2, 6), (7.6, 8.4))
        assert captions(made) == [
            (0.0, 1.0, "from one to three"),
            (3.5, 4.0, "a short one"),
            (4.0, 4.8, "from seven to eleven"),
        ]

    def test_captions_that_are_not_wanted_stay_behind(self, clip: Make, tmp_path: Path) -> None:
        spec = replace(SPEC, keeps_captions=False)
        made = cut(clip("subtitles.mp4"), tmp_path, (2, 6), spec=spec)
        with av.open(str(made.path)) as container:
            assert not container.streams.subtitles

    def test_attached_ones_are_in_the_time_of_the_source(self, clip: Make, tmp_path: Path) -> None:
        (tmp_path / "words.srt").write_text(
            "1\n00:00:01,000 --> 00:00:03,000\n안녕\n\n2\n00:00:09,000 --> 00:00:10,000\nlater\n",
            encoding="utf-8",
        )
        attached = (CaptionFile(str(tmp_path / "words.srt"), "utf-8", "kor"),)
        spec = replace(SPEC, attached=attached)
        made = cut(clip("clock-at-10s.mkv"), tmp_path, (2.002, 6.006), spec=spec)
        ((start, end, text),) = captions(made)
        assert (start, text) == (0.0, "안녕")
        assert end == pytest.approx(0.998, abs=0.001)

    @pytest.mark.slow
    def test_a_cut_without_a_caption_in_it(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("subtitles.mp4"), tmp_path, (3.2, 5.2))
        assert captions(made) == []
        assert made.sentences() == []

    @pytest.mark.slow
    def test_thousands_of_captions_and_chapters_find_their_place(
        self, clip: Make, tmp_path: Path
    ) -> None:
        """The space for the index is reserved before anything is written."""
        lines = (
            f"{n + 1}\n00:00:{n // 400:02},{n * 5 // 2 % 1000:03} --> "
            f"00:00:{n // 400:02},{n * 5 // 2 % 1000 + 1:03}\ncaption {n}\n"
            for n in range(4000)
        )
        (tmp_path / "many.srt").write_text("\n".join(lines), encoding="utf-8")
        attached = (CaptionFile(str(tmp_path / "many.srt"), "utf-8", "eng"),)
        marks = tuple((n / 100, "장" * 100) for n in range(1000))
        spec = replace(SPEC, attached=attached, chapters=marks)
        made = cut(clip("b-frames.mp4"), tmp_path, spec=spec)
        assert len(captions(made)) == 4000
        assert len(chapters(made)) == 1000
        assert made.sentences() == []

    def test_chapters_are_clipped_and_moved(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("chapters.mp4"), tmp_path, (5, 8), (1, 2))
        assert chapters(made) == [(0, 2, "second"), (2, 3, "third"), (3, 4, "first")]

    def test_chapters_of_ones_own_take_their_place(self, clip: Make, tmp_path: Path) -> None:
        spec = replace(SPEC, chapters=((0.0, "begin"), (1.5, "end")))
        made = cut(clip("chapters.mp4"), tmp_path, (5, 8), spec=spec)
        assert chapters(made) == [(0, 1.5, "begin"), (1.5, 3, "end")]

    @pytest.mark.parametrize(("metadata", "kept"), [("keep", "Seoul"), ("strip", None)])
    def test_where_it_was_made_is_kept_or_not(
        self, clip: Make, tmp_path: Path, metadata: str, kept: str | None
    ) -> None:
        source = tmp_path / "named.mp4"
        with av.open(str(clip("b-frames.mp4"))) as container, av.open(str(source), "w") as out:
            stream = out.add_stream_from_template(container.streams.video[0])
            out.metadata["comment"] = "Seoul"
            for packet in container.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    out.mux(packet)
        made = cut(source, tmp_path, (2, 4), spec=replace(SPEC, metadata=metadata))
        with av.open(str(made.path)) as container:
            assert container.metadata.get("comment") == kept

    @pytest.mark.slow
    def test_a_turned_film_stays_turned(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("rotated.mp4"), tmp_path, (1.48, 6.4))
        with av.open(str(made.path)) as container:
            assert next(container.decode(video=0)).rotation in {90, -270}
        assert made.sentences() == []


def captions(made: Cut) -> list[tuple[float, float, str]]:
    """From when to when each text is shown."""
    found = []
    with av.open(str(made.path)) as container:
        for packet in container.demux(subtitles=0):
            if packet.size > 2 and packet.pts is not None:
                start = float(packet.pts * packet.time_base)
                end = start + float((packet.duration or 0) * packet.time_base)
                found.append((start, end, bytes(packet)[2:].decode()))
    return found


def chapters(made: Cut) -> list[tuple[float, float, str]]:
    """From when to when each chapter lasts."""
    with av.open(str(made.path)) as container:
        return [
            (
                float(chapter["start"] * (chapter["time_base"] or 0)),
                float(chapter["end"] * (chapter["time_base"] or 0)),
                chapter["metadata"]["title"],
            )
            for chapter in container.chapters()
        ]


class TestPieces:
    """Encoded stretches outlive the attempt that made them."""

    @pytest.fixture
    def done(self, clip: Make, tmp_path: Path) -> Cut:
        """A cut of several encoded pieces."""
        made = cut(clip("b-frames.mp4"), tmp_path, *PIECES)
        assert len(made.piece_files) > 2
        return made

    def again(self, done: Cut, counts: list[int] | None = None) -> int:
        """A later attempt of the same; how many pieces it took over."""
        export = Export(done.export.spec, done.export.folder, done.export.pieces)
        return export.encode(export.plan, (counts if counts is not None else []).append)

    @pytest.mark.slow
    def test_pieces_that_are_there_are_taken_over(self, done: Cut) -> None:
        before = states(done.piece_files)
        assert self.again(done) == len(before)
        assert states(done.piece_files) == before

    @pytest.mark.slow
    @pytest.mark.parametrize("lost", [0, 1, -1])
    def test_only_the_one_that_is_missing_is_made_again(self, done: Cut, lost: int) -> None:
        before, missing = states(done.piece_files), done.piece_files[lost]
        missing.unlink()
        assert self.again(done) == len(before) - 1
        after = states(done.piece_files)
        assert {name for name in before if before[name][0] != after[name][0]} == {missing.name}
        assert after.keys() == before.keys()

    @pytest.mark.slow
    @pytest.mark.parametrize("damage", ["a byte", "the end", "all"])
    def test_one_that_is_damaged_is_made_again(self, done: Cut, damage: str) -> None:
        before, broken = states(done.piece_files), done.piece_files[1]
        data = broken.read_bytes()
        middle = len(data) // 2
        broken.write_bytes(
            {
                "a byte": data[:middle] + bytes((data[middle] ^ 255,)) + data[middle + 1 :],
                "the end": data[:middle],
                "all": b"",
            }[damage]
        )
        assert self.again(done) == len(before) - 1
        export = Export(done.export.spec, done.export.folder, done.export.pieces)
        export.join(export.plan, done.path, lambda _pictures, _written: None)
        assert done.sentences() == []

    @pytest.mark.slow
    def test_what_was_left_half_written_is_no_piece(self, done: Cut) -> None:
        half = done.piece_files[0]
        half.rename(half.with_name(f"{half.name}.partial"))
        assert self.again(done) == len(done.piece_files) - 1
        assert not list(done.export.pieces.glob("*.partial"))

    @pytest.mark.slow
    def test_progress_begins_with_what_is_there_and_only_rises(self, done: Cut) -> None:
        done.piece_files[0].unlink()
        counts: list[int] = []
        self.again(done, counts)
        assert counts == sorted(counts)
        assert counts[0] > 0
        assert counts[-1] == done.plan.encoded_pictures

    @pytest.mark.slow
    def test_another_source_of_that_name_has_pieces_of_its_own(self, done: Cut) -> None:
        spec = replace(done.export.spec, sha256="another")
        export = Export(spec, done.export.folder, done.export.pieces)
        assert export.encode(export.plan, lambda _count: None) == 0

    @pytest.mark.slow
    def test_the_same_source_elsewhere_has_the_same_pieces(
        self, clip: Make, tmp_path: Path
    ) -> None:
        """Each attempt may find its source under another name."""
        spec = replace(SPEC, sha256="of its bytes")
        made = cut(clip("b-frames.mp4"), tmp_path, *PIECES, spec=spec)
        elsewhere = tmp_path / "elsewhere.mp4"
        elsewhere.write_bytes(made.source.read_bytes())
        again = cut(elsewhere, tmp_path, *PIECES, spec=spec)
        assert again.taken_over == len(made.piece_files)

    @pytest.mark.slow
    def test_a_longer_cut_takes_over_what_is_the_same(self, clip: Make, tmp_path: Path) -> None:
        cut(clip("b-frames.mp4"), tmp_path, (1.48, 5.48))
        assert cut(clip("b-frames.mp4"), tmp_path, (1.48, 9.48)).taken_over == 1

    @pytest.mark.slow
    def test_a_long_stretch_is_several_pieces(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("one-keyframe.mp4"), tmp_path, (1.48, 22.4))
        assert len(made.piece_files) == 4
        assert made.sentences() == []
        made.piece_files[2].unlink()
        assert self.again(made) == 3

    @pytest.mark.slow
    def test_every_picture_encoded_is_the_same_film(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("b-frames.mp4"), tmp_path, (1.48, 5.48))
        export = made.export
        export.encode(export.whole_plan, lambda _count: None)
        export.join(export.whole_plan, made.path, lambda _pictures, _written: None)
        export.check(export.whole_plan, made.path)
        assert made.sentences() == []


class TestFast:
    """Packets only."""

    @pytest.mark.slow
    @pytest.mark.parametrize("name", [*FILMS, "vp9-opus.webm"])
    @pytest.mark.parametrize("span", [(1.36, 5.32), (4.04, 9.8)])
    def test_it_shows_all_pictures_from_where_it_says_to_where_it_says(
        self, clip: Make, tmp_path: Path, name: str, span: tuple[float, float]
    ) -> None:
        source = clip(name)
        made = cut(source, tmp_path, span, spec=replace(SPEC, mode=FAST))
        assert made.pieces == ["copied"]
        assert made.piece_files == []
        start, end = made.actual[0]
        pictures = read(source).pictures
        right = [p.number for p in pictures if start - 1e-4 <= float(p.time) < end - 1e-4]
        assert made.numbers == right
        assert made.times[0] == pytest.approx(0, abs=0.001)
        assert set(digests(made.path)) <= set(digests(source))


class TestASourceThatChanges:
    """The index belongs to one file only."""

    def test_a_file_that_has_become_another_is_refused(self, clip: Make, tmp_path: Path) -> None:
        source = tmp_path / "source.mp4"
        source.write_bytes(clip("b-frames.mp4").read_bytes())
        whole = Export(Spec(str(source), "", "", ()), tmp_path, tmp_path / "pieces")
        spec = replace(whole.spec, segments=((1_480_000, 5_480_000),))
        (tmp_path / "index").write_bytes(whole.index.to_bytes())
        source.write_bytes(clip("two-sound-tracks.mp4").read_bytes()[:-5000])
        export = Export(replace(spec, index="index"), tmp_path, tmp_path / "pieces")
        with pytest.raises(MediaError):
            export.encode(export.plan, lambda _count: None)

    def test_an_index_that_came_along_gives_the_same_plan(self, clip: Make, tmp_path: Path) -> None:
        made = cut(clip("b-frames.ts"), tmp_path, (1.48, 5.48))
        (tmp_path / "index").write_bytes(made.export.index.to_bytes())
        spec = replace(made.export.spec, index="index")
        export = Export(spec, tmp_path, tmp_path / "pieces")
        assert export.plan == made.plan
        assert any(isinstance(each, Copied) for each in export.plan.films[0].plan.pieces)
        assert export.encode(export.plan, lambda _count: None) == len(made.piece_files)

    def test_a_part_without_a_picture_is_refused(self, clip: Make, tmp_path: Path) -> None:
        with pytest.raises(MediaError):
            cut(clip("sound-early.mp4"), tmp_path, (0, 0.2))

"""Every edit of one clip: the order of its events, and what its files hold."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from bench.harness.figures import Report
from bench.harness.workbench import Recording, Workbench
from bench.main.pictures import (
    SAME_PICTURE_LEVELS,
    Clip,
    difference,
    first_picture,
    first_stored_picture,
    frames,
)
from tests.pictures import LACKED, alike, differing, drawn, shown
from tests.streams import cues, languages, packets

# An encode of seconds shows its progress at 5 Hz; half of that is already a jerky bar.
MIN_EVENTS_PER_SECOND = 2.5
START_AND_END_SECONDS = 2.0
ENDS = 2  # the 0 % and the 100 %
# A stream copy runs at most this many frames past the requested end: it ends at whole packets.
COPY_TAIL_FRAMES = 3
THUMBNAILS, WIDTH, FORMATS = 5, 320, ("jpeg", "png", "webp")
WORDS, NEXT_WORDS = "한글 자막", "둘째 줄"
KOREAN = (
    f"1\n00:00:01,000 --> 00:00:02,000\n{WORDS}\n\n2\n00:00:03,000 --> 00:00:04,000\n{NEXT_WORDS}\n"
)
ENGLISH = KOREAN.replace(WORDS, "Subtitles").replace(NEXT_WORDS, "a second line")
CUE_TIMES = (1.0, 2.0, 3.0, 4.0)
INSIDE, OUTSIDE = 1.5, (0.5, 2.5)
# Of the picture's height, as the page suggests it.
TEXT_SIZE = 0.055
# Shares of common pixels: with the font's own letters, and with its boxes for letters it lacks.
LETTERS_ALIKE, BOXES_ALIKE = 0.7, 0.5
TRACK_MS = 1.0


@dataclass(frozen=True, slots=True)
class Edits:
    """One clip in the library; the recordings of all its edits."""

    bench: Workbench
    report: Report
    clip: Clip
    video_id: str
    folder: Path
    recordings: list[Recording] = field(default_factory=list)

    def run_all(self) -> None:
        """Every operation."""
        self.trim("fast")
        self.trim("exact")
        self.burn_in()
        self.attach_tracks()
        files = self._run("one thumbnail", "thumbnails", {"time": self.clip.start, "width": WIDTH})
        self._check_thumbnails("one thumbnail", files, [self.clip.start])
        for image_format in FORMATS:
            self.thumbnails(image_format)

    def trim(self, mode: str) -> None:
        """Keep the clip's part. Exact: to the frame. Fast: a few frames longer, none missing."""
        clip, name, copies = self.clip, f"trim {mode}", mode == "fast"
        params = {"startTime": clip.start, "endTime": clip.end, "mode": mode}
        (path,) = self._run(name, "trim", params, copies=copies)
        times = [each.at for each in frames(path)]
        tail = COPY_TAIL_FRAMES if copies else 0
        count, least, most = len(times), clip.frames_in_part, clip.frames_in_part + tail
        self._check(f"{name}: frames", count, f"{least} to {most}", least <= count <= most)
        rate = float(clip.rate)
        length = max(times) - min(times) + 1 / rate
        title = f"{clip.path.name} {name}: seconds"
        self.report.check_near(title, length, least / rate, (tail + 0.5) / rate)
        begins = self._begins_as_answered(path, copies=copies)
        self._check(f"{name}: begins as answered", begins, True)

    def thumbnails(self, image_format: str) -> None:
        """Evenly spaced ones, and all in one ZIP."""
        name = f"{THUMBNAILS} thumbnails {image_format}"
        params = {"count": THUMBNAILS, "width": WIDTH, "format": image_format}
        archive, *files = self._run(name, "thumbnails", params)
        with zipfile.ZipFile(archive) as packed:
            self._check(f"{name}: in the ZIP", len(packed.namelist()), THUMBNAILS)
        spacing = self.clip.seconds / THUMBNAILS
        self._check_thumbnails(name, files, [spacing * (n + 0.5) for n in range(THUMBNAILS)])

    def burn_in(self) -> None:
        """Draw an old Korean file into the picture, and compare with the font's own drawing."""
        subtitles = self.bench.attach(self.video_id, "옛날.srt", KOREAN.encode("cp949"))
        (path,) = self._run("burn Korean", "burn_subtitles", {"subtitles": subtitles})
        count, source = sum(1 for _frame in frames(path)), self.clip.path
        self._check("burn Korean: frames", count, len(self.clip.frames))
        outside = max(len(differing(shown(source, at), shown(path, at))) for at in OUTSIDE)
        self._check("burn Korean: pixels drawn outside the cue", outside, 0)
        letters = self._likeness(path, WORDS)
        boxes = self._likeness(path, "".join(LACKED if each != " " else each for each in WORDS))
        likeness = f"{letters:.2f} and {boxes:.2f}"
        expected = f">= {LETTERS_ALIKE:g} and <= {BOXES_ALIKE:g}"
        holds = letters >= LETTERS_ALIKE and boxes <= BOXES_ALIKE
        self._check("burn Korean: like letters, and like boxes", likeness, expected, holds)

    def attach_tracks(self) -> None:
        """A Korean and an English track beside untouched pictures and sound."""
        attach, source = self.bench.attach, self.clip.path
        korean = attach(self.video_id, "자막.ko.srt", KOREAN.encode("cp949"), language="kor")
        english = attach(self.video_id, "subtitles.en.srt", ENGLISH.encode(), language="eng")
        params = {"subtitles": [korean, english]}
        (path,) = self._run("attach tracks", "mux_subtitles", params, copies=True)
        actual = " ".join(language or "none" for language, _shown in languages(path))
        self._check("attach tracks: languages", actual, "kor eng")
        self._check("attach tracks: Korean text", WORDS in cues(path, 0)[0][2], True)
        off = max(_cues_off_ms(path, track) for track in (0, 1))
        self._check("attach tracks: cues off", f"{off:.2f}", f"<= {TRACK_MS:g} ms", off <= TRACK_MS)
        same = all(packets(path, kind) == packets(source, kind) for kind in ("video", "audio"))
        self._check("attach tracks: pictures and sound as they were", same, True)

    def _run(
        self, name: str, operation: str, params: Mapping[str, Any], *, copies: bool = False
    ) -> list[Path]:
        """Do an edit, check its events, and download its files."""
        recording = self.bench.record_edit(self.video_id, operation, params)
        self.recordings.append(recording)
        title = f"{self.clip.path.name} {name}: from request to complete"
        self.report.note(title, recording.completed - recording.requested, "s")
        broken = ", ".join(_broken_rules(recording, copies=copies))
        count = len(recording.of_type("progress"))
        self._check(f"{name}: {count} events", broken or "in order", "in order")
        outputs = recording.of_type("complete")[0].data["outputs"]
        return [self.bench.download(each["url"], self.folder / each["name"]) for each in outputs]

    def _check(
        self, name: str, actual: object, expected: object, holds: bool | None = None
    ) -> None:
        self.report.check(f"{self.clip.path.name} {name}", actual, expected, holds)

    def _check_thumbnails(self, name: str, files: Sequence[Path], moments: list[float]) -> None:
        self._check(f"{name}: pictures", len(files), len(moments))
        self._check(f"{name}: widths", {shown(path, 0).width for path in files}, {WIDTH})
        pairs = zip(files, moments, strict=True)
        off = max(difference(first_picture(path), self.clip.shown_at(at)) for path, at in pairs)
        bound, holds = f"<= {SAME_PICTURE_LEVELS:g} levels off", off <= SAME_PICTURE_LEVELS
        self._check(f"{name}: each of its moment", f"{off:.2f}", bound, holds)

    def _begins_as_answered(self, path: Path, *, copies: bool) -> bool:
        """Exact: at the requested frame. Fast: shown from it, its footage from the keyframe on."""
        start, clip = self.recordings[-1].answer.get("actualStart"), self.clip
        if copies:
            actual, expected = first_stored_picture(path), clip.shown_at(clip.keyframe_before)
            is_right = start is not None and abs(start - clip.keyframe_before) <= 0.001
        else:
            actual, expected = first_picture(path), clip.shown_at(clip.start)
            is_right = start is None
        return is_right and difference(actual, expected) < SAME_PICTURE_LEVELS

    def _likeness(self, path: Path, text: str) -> float:
        """How much of what was drawn is what the font draws for a text."""
        source = self.clip.path
        plain = shown(source, INSIDE)
        under, size = ("-ss", str(INSIDE), "-i", str(source)), TEXT_SIZE * plain.height
        sides = {"width": plain.width, "height": plain.height}
        expected = shown(drawn(self.folder, text, size=size, under=under, **sides), 0)
        return alike(differing(plain, shown(path, INSIDE)), differing(plain, expected))


def _broken_rules(recording: Recording, *, copies: bool) -> list[str]:
    """Which rules of the live protocol it broke; what copies is too quick for many events."""
    percents = [message.data["percent"] for message in recording.of_type("progress")]
    encoding = max(recording.completed - recording.requested - START_AND_END_SECONDS, 0)
    least = 0 if copies else ENDS + int(MIN_EVENTS_PER_SECOND * encoding)
    types = [message.type for message in recording.messages]
    before_end = types[types.index("complete") - 1]
    rules = {
        "percent falls": percents == sorted(percents),
        "does not start at 0": percents[0] < 5,
        "100 is not just before complete": before_end == "progress" and percents[-1] == 100,
        "not one complete": types.count("complete") == 1,
        "too few events": len(percents) >= least,
    }
    return [rule for rule, holds in rules.items() if not holds]


def _cues_off_ms(path: Path, track: int) -> float:
    times = chain.from_iterable(cue[:2] for cue in cues(path, track))
    return max(abs(a - b) * 1000 for a, b in zip(times, CUE_TIMES, strict=True))

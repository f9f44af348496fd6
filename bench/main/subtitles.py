"""Korean subtitles: burned in, and attached as tracks."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from bench.main.edits import Edits
from bench.main.pictures import pictures
from tests.pictures import LACKED, Picture, alike, differing, drawn, shown
from tests.streams import cues, languages, packets

WORDS, NEXT_WORDS = "한글 자막", "둘째 줄"
KOREAN = (
    f"1\n00:00:01,000 --> 00:00:02,000\n{WORDS}\n\n2\n00:00:03,000 --> 00:00:04,000\n{NEXT_WORDS}\n"
)
ENGLISH = KOREAN.replace(WORDS, "Subtitles").replace(NEXT_WORDS, "a second line")
CUES = ((1.0, 2.0), (3.0, 4.0))
INSIDE, OUTSIDE = 1.5, (0.5, 2.5)
# Of the picture's height, as the page suggests it.
TEXT_SIZE = 0.055
# Shares of common pixels: with the font's own letters, and with its boxes for letters it lacks.
LETTERS_ALIKE, BOXES_ALIKE = 0.7, 0.5
TRACK_MS = 1.0


def burn_in(edits: Edits) -> None:
    """Draw an old Korean file into the picture, and compare with the font's own drawing."""
    file_id = edits.attach("옛날.srt", KOREAN.encode("cp949"))
    run = edits.run("burn Korean", "burn_subtitles", {"subtitles": file_id})
    (path,), source = run.files, edits.clip.path
    frames = sum(1 for _picture in pictures(path))
    edits.check("burn Korean: frames", frames, len(edits.clip.pictures))
    outside = max(len(differing(shown(source, at), shown(path, at))) for at in OUTSIDE)
    edits.check("burn Korean: pixels drawn outside the cue", outside, 0)
    boxes = "".join(LACKED if letter != " " else letter for letter in WORDS)
    likeness = _likeness(edits, path, WORDS)
    wanted = f">= {LETTERS_ALIKE:g}"
    edits.check("burn Korean: like letters", f"{likeness:.2f}", wanted, likeness >= LETTERS_ALIKE)
    likeness = _likeness(edits, path, boxes)
    wanted = f"<= {BOXES_ALIKE:g}"
    edits.check("burn Korean: like boxes", f"{likeness:.2f}", wanted, likeness <= BOXES_ALIKE)


def _likeness(edits: Edits, path: Path, text: str) -> float:
    """How much of what was drawn is what the font draws for a text."""
    source = edits.clip.path
    plain = shown(source, INSIDE)
    wanted = _with_text(edits.folder, source, text, plain)
    return alike(differing(plain, shown(path, INSIDE)), differing(plain, wanted))


def _with_text(folder: Path, source: Path, text: str, plain: Picture) -> Picture:
    under = ("-ss", str(INSIDE), "-i", str(source))
    size = TEXT_SIZE * plain.height
    sides = {"width": plain.width, "height": plain.height}
    return shown(drawn(folder, text, size=size, under=under, **sides), 0)


def attach_tracks(edits: Edits) -> None:
    """A Korean and an English track beside untouched pictures and sound."""
    files = [
        edits.attach("자막.ko.srt", KOREAN.encode("cp949"), language="kor"),
        edits.attach("subtitles.en.srt", ENGLISH.encode(), language="eng"),
    ]
    run = edits.run("attach tracks", "mux_subtitles", {"subtitles": files}, copies=True)
    (path,), source = run.files, edits.clip.path
    found = [language for language, _shown in languages(path)]
    edits.check("attach tracks: languages", found, ["kor", "eng"])
    edits.check("attach tracks: Korean text", WORDS in cues(path, 0)[0][2], wanted=True)
    off = max(_off_ms(path, track) for track in (0, 1))
    edits.check("attach tracks: cues off by (ms)", f"{off:.2f}", TRACK_MS, off <= TRACK_MS)
    same = all(packets(path, kind) == packets(source, kind) for kind in ("video", "audio"))
    edits.check("attach tracks: pictures and sound as they were", same, wanted=True)


def _off_ms(path: Path, track: int) -> float:
    times = chain.from_iterable(cue[:2] for cue in cues(path, track))
    pairs = zip(times, chain.from_iterable(CUES), strict=True)
    return max(abs(found - wanted) * 1000 for found, wanted in pairs)

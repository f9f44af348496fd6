"""Korean subtitles on a running server: burned in, and attached as tracks."""

from __future__ import annotations

from pathlib import Path

from bench.clips import Clip
from bench.measured import Fact, Measured, equal, least, most
from bench.results import decode
from bench.watching import Bench
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


def burn(bench: Bench, clip: Clip, video_id: str) -> Measured:
    """Draw an old Korean file into the picture, and compare with the font's own drawing."""
    file_id = bench.attach(video_id, "옛날.srt", KOREAN.encode("cp949"))
    run = bench.watch(
        video_id, "burn_subtitles", {"subtitles": file_id}, clip=clip, what="burn Korean"
    )
    path = bench.download(run.outputs[0])
    return Measured(
        run,
        (
            equal("frames", decode(path).frames, decode(clip.path).frames),
            most("drawn outside the cue (pixels)", max(_drawn_at(path, clip)), 0),
            *_letters(bench.folder, path, clip),
        ),
    )


def _drawn_at(path: Path, clip: Clip) -> list[int]:
    return [len(differing(shown(clip.path, at), shown(path, at))) for at in OUTSIDE]


def _letters(folder: Path, path: Path, clip: Clip) -> tuple[Fact, Fact]:
    """What was drawn into the picture against the same words and boxes drawn into it."""
    plain = shown(clip.path, INSIDE)
    found = differing(plain, shown(path, INSIDE))
    boxes = "".join(LACKED if letter != " " else letter for letter in WORDS)
    likeness = [
        alike(found, differing(plain, _drawn(folder, clip, text, plain))) for text in (WORDS, boxes)
    ]
    return (
        least("like the font's letters", likeness[0], LETTERS_ALIKE),
        most("like its missing-glyph boxes", likeness[1], BOXES_ALIKE),
    )


def _drawn(folder: Path, clip: Clip, text: str, plain: Picture) -> Picture:
    under = ("-ss", str(INSIDE), "-i", str(clip.path))
    size = TEXT_SIZE * plain.height
    sides = {"width": plain.width, "height": plain.height}
    return shown(drawn(folder, text, size=size, under=under, **sides), 0)


def mux(bench: Bench, clip: Clip, video_id: str) -> Measured:
    """Attach a Korean and an English track."""
    files = [
        bench.attach(video_id, "자막.ko.srt", KOREAN.encode("cp949"), language="kor"),
        bench.attach(video_id, "subtitles.en.srt", ENGLISH.encode(), language="eng"),
    ]
    run = bench.watch(
        video_id,
        "mux_subtitles",
        {"subtitles": files},
        clip=clip,
        what="attach Korean + English",
        copies=True,
    )
    path = bench.download(run.outputs[0])
    kept = all(packets(path, kind) == packets(clip.path, kind) for kind in ("video", "audio"))
    return Measured(
        run,
        (
            equal("languages", _languages(path), "kor eng"),
            equal("Korean text kept", WORDS in cues(path, 0)[0][2], True),
            most("cues off by (ms)", max(_off_ms(path, track) for track in (0, 1)), TRACK_MS),
            equal("pictures and sound as they were", kept, True),
        ),
    )


def _languages(path: Path) -> str:
    return " ".join(language or "none" for language, _shown in languages(path))


def _off_ms(path: Path, track: int) -> float:
    found = [cue[:2] for cue in cues(path, track)]
    pairs = zip(found, CUES, strict=True)
    return max(abs(a - b) * 1000 for one, other in pairs for a, b in zip(one, other, strict=True))

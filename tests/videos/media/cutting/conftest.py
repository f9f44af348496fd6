"""Numbered clips with a voice, made when a test first asks for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cuts.clips import CHAPTERS, MADE, SUBTITLES, X264, Clip, make_one
from bench.cuts.drawing import write_sound

BY_NAME = {clip.name: clip for clip in MADE}
OTHERS = (
    Clip("b-frames.mp4", f"{X264} -g 50 -bf 3"),
    replace(BY_NAME["two-sound-tracks.mp4"], film=f"{X264} -g 50 -bf 3"),
    Clip("one-keyframe.mp4", f"{X264} -g 999 -keyint_min 999 -bf 2", seconds=24),
)
CLIPS = {**BY_NAME, **{clip.name: clip for clip in OTHERS}}


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A clip by its name."""
    folder = tmp_path_factory.mktemp("clips")
    inputs = folder / "inputs"
    inputs.mkdir()
    for voice in range(2):
        write_sound(inputs / f"voice-{voice}.wav", 24, voice)
    (inputs / "subtitles.srt").write_text(SUBTITLES, encoding="utf-8")
    (inputs / "chapters.txt").write_text(CHAPTERS, encoding="utf-8")

    def made(name: str) -> Path:
        if not (folder / name).exists():
            make_one(CLIPS[name], inputs, folder)
        return folder / name

    return made

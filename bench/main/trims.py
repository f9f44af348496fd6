"""Trims: the right frames, from where the answer said."""

from __future__ import annotations

from pathlib import Path

from bench.main.edits import Edits
from bench.main.pictures import (
    SAME_PICTURE_LEVELS,
    Clip,
    difference,
    first_picture,
    first_stored_picture,
    pictures,
)

# A stream copy runs at most this many frames past the wanted end: it ends at whole packets.
COPY_TAIL_FRAMES = 3


def trim(edits: Edits, mode: str) -> None:
    """Keep the clip's part. Exact: to the frame. Fast: a few frames longer, none missing."""
    clip, copies = edits.clip, mode == "fast"
    params = {"startTime": clip.start, "endTime": clip.end, "mode": mode}
    run = edits.run(f"trim {mode}", "trim", params, copies=copies)
    (path,) = run.files
    times = [each.at for each in pictures(path)]
    wanted, rate, tail = clip.frames_in_part, float(clip.rate), COPY_TAIL_FRAMES * copies
    frames, most = len(times), wanted + tail
    edits.check(f"trim {mode}: frames", frames, f"{wanted} to {most}", wanted <= frames <= most)
    name = f"{clip.title} trim {mode}: seconds"
    length = max(times) - min(times) + 1 / rate
    edits.report.check_near(name, length, wanted / rate, (tail + 0.5) / rate)
    said = run.recording.answer.get("actualStart")
    begins = _begins_at_keyframe(path, clip, said) if copies else _begins_at_start(path, clip)
    right = begins and (copies or said is None)
    edits.check(f"trim {mode}: begins where the answer said", right, wanted=True)


def _begins_at_start(path: Path, clip: Clip) -> bool:
    return _is_same(first_picture(path), clip.shown_at(clip.start))


def _begins_at_keyframe(path: Path, clip: Clip, said: float | None) -> bool:
    """The file's footage begins there, though a player shows it from the wanted start."""
    if said is None or abs(said - clip.keyframe_before) > 0.001:
        return False
    return _is_same(first_stored_picture(path), clip.shown_at(clip.keyframe_before))


def _is_same(one: bytes, other: bytes) -> bool:
    return difference(one, other) < SAME_PICTURE_LEVELS

"""Trims on a running server: the right frames, from where it was said."""

from __future__ import annotations

from pathlib import Path

from bench.clips import Clip
from bench.measured import Fact, Measured, equal, near
from bench.results import decode, first_frame, same
from bench.watching import Bench

FAST, EXACT = "fast", "exact"
# A stream copy runs at most this many frames past the wanted end: it ends at whole packets.
COPY_TAIL_FRAMES = 3


def trim(bench: Bench, clip: Clip, video_id: str, mode: str) -> Measured:
    """Cut what the clip says, then download and decode the result."""
    params = {"startTime": clip.cut.start, "endTime": clip.cut.end, "mode": mode}
    what = f"trim {mode}"
    run = bench.watch(video_id, "trim", params, clip=clip, what=what, copies=mode == FAST)
    path = bench.download(run.outputs[0])
    return Measured(run, _facts(path, clip, mode, run.answer.get("actualStart")))


def _facts(path: Path, clip: Clip, mode: str, said: float | None) -> tuple[Fact, ...]:
    """Exact: to the frame. Fast: at most a few frames longer, none missing."""
    tail = COPY_TAIL_FRAMES if mode == FAST else 0
    decoded, frames, rate = decode(path), clip.exact_frames, float(clip.rate)
    wanted = str(frames) if mode == EXACT else f"{frames} to {frames + tail}"
    holds = frames <= decoded.frames <= frames + tail
    return (
        Fact("frames", str(decoded.frames), wanted, holds),
        near("seconds", decoded.seconds, frames / rate, (tail + 0.5) / rate),
        equal("begins where said", _begins_where_said(path, clip, said, mode), True),
    )


def _begins_where_said(path: Path, clip: Clip, said: float | None, mode: str) -> bool:
    """Exact: at the wanted frame. Fast: shown from it, its footage from the keyframe on."""
    shown = first_frame(path)
    if mode == EXACT:
        return said is None and same(shown, first_frame(clip.path, clip.cut.start))
    if said is None or abs(said - clip.keyframe) > 0.001:
        return False
    return same(first_frame(path, hidden=True), first_frame(clip.path, said))

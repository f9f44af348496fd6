"""One upload or one trim on a running server, and what its file really holds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from bench.clips import Clip
from bench.results import Decoded, decode, difference, first_frame
from bench.watching import Watched, watch
from tests.servers.app import RunningServer
from tests.servers.live import Program

# Two encodes of one picture differ by a few levels; another second of the clip by far more.
SAME_PICTURE_LEVELS = 6.0


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Wall seconds until the answer and until the video can be edited."""

    video_id: str
    answered: float
    ready: float


@dataclass(frozen=True, slots=True)
class Trimmed:
    """One trim: what was heard of it and what the file holds."""

    run: Watched
    mode: str
    decoded: Decoded
    expected_frames: int
    expected_seconds: float
    begins_where_said: bool


def upload(program: Program, clip: Clip) -> Uploaded:
    """Send a clip and wait until it can be edited."""
    began = time.time()
    video_id = program.upload(clip.path)
    answered = time.time() - began
    program.ready(video_id)
    return Uploaded(video_id, answered, time.time() - began)


def trim(
    server: RunningServer, program: Program, video_id: str, clip: Clip, mode: str, folder: Path
) -> Trimmed:
    """Trim on the running server, then download and decode the result."""
    params = {"startTime": clip.cut.start, "endTime": clip.cut.end, "mode": mode}
    run = watch(
        server,
        program,
        video_id,
        "trim",
        params,
        clip=clip.path.name,
        what=f"trim {mode}",
        copies=mode == "fast",
    )
    path = program.download(run.outputs[0]["url"], folder / f"{clip.path.stem}-{mode}.mp4")
    return Trimmed(
        run=run,
        mode=mode,
        decoded=decode(path),
        expected_frames=clip.exact_frames,
        expected_seconds=clip.cut.end - clip.cut.start,
        begins_where_said=_begins_where_said(path, clip, run.answer.get("actualStart"), mode),
    )


def _begins_where_said(path: Path, clip: Clip, said: float | None, mode: str) -> bool:
    """Exact: at the wanted frame. Fast: shown from it, its footage from the keyframe on."""
    shown = first_frame(path)
    if mode == "exact":
        return said is None and _same(shown, first_frame(clip.path, clip.cut.start))
    if said is None or abs(said - clip.keyframe) > 0.001:
        return False
    return _same(first_frame(path, hidden=True), first_frame(clip.path, said))


def _same(one: bytes, other: bytes) -> bool:
    return difference(one, other) < SAME_PICTURE_LEVELS

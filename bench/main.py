"""The main job on a fresh server: upload, trim, watch, download. `make bench-main`.

Prints a table of figures, then one line that holds them against their bounds; the exit code is 1
where one is out of bounds.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import clips
from bench.clips import Clip
from bench.measure import Trimmed, Uploaded, trim, upload
from bench.watching import BOUNDS, CLAIM_TO_EVENT_SECONDS, FIRST_EVENT_SECONDS, Watched
from tests.servers.app import RunningServer
from tests.servers.live import Program

MODES = ("fast", "exact")
# A stream copy runs at most this many frames past the wanted end: it ends at whole packets.
COPY_TAIL_FRAMES = 3


def right_frames(run: Trimmed) -> bool:
    """Exact: to the frame. Fast: at most a few frames longer, none missing."""
    extra = run.decoded.frames - run.expected_frames
    return extra == 0 if run.mode == "exact" else 0 <= extra <= COPY_TAIL_FRAMES


def right_length(run: Trimmed) -> bool:
    """Duration within a frame, for a copy within its tail."""
    frames = COPY_TAIL_FRAMES if run.mode == "fast" else 1
    frame = run.expected_seconds / run.expected_frames
    return abs(run.decoded.seconds - run.expected_seconds) <= (frames + 0.5) * frame


FRAMES: tuple[tuple[str, Callable[[Trimmed], bool]], ...] = (
    ("frames", right_frames),
    ("duration", right_length),
    ("begins where said", lambda trimmed: trimmed.begins_where_said),
)


def main() -> int:
    """Run it; the exit code."""
    with tempfile.TemporaryDirectory(prefix="vrewcraft-bench-") as name:
        folder = Path(name)
        chosen = [clips.real(), clips.made(folder)]
        with RunningServer(folder / "data") as server, Program(server) as program:
            pairs = [work(server, program, clip, folder) for clip in chosen]
        print_uploads([(clip, done) for clip, (done, _) in zip(chosen, pairs, strict=True)])
    trims = [run for _, runs in pairs for run in runs]
    print_runs([trimmed.run for trimmed in trims])
    print_trims(trims)
    return verdict(trims)


def work(
    server: RunningServer, program: Program, clip: Clip, folder: Path
) -> tuple[Uploaded, list[Trimmed]]:
    """Everything that is measured on one clip."""
    uploaded = upload(program, clip)
    return uploaded, [
        trim(server, program, uploaded.video_id, clip, mode, folder) for mode in MODES
    ]


def print_uploads(uploads: Sequence[tuple[Clip, Uploaded]]) -> None:
    """One line per upload."""
    print(f"{'upload':<20}{'MB':>7}{'answered s':>12}{'ready s':>9}")
    for clip, item in uploads:
        size = clip.path.stat().st_size / 1e6
        print(f"{clip.path.name:<20}{size:>7.1f}{item.answered:>12.2f}{item.ready:>9.2f}")


def print_runs(runs: Sequence[Watched]) -> None:
    """One line per edit: what was heard of it."""
    print(
        f"\n{'edit':<40}{'wall s':>8}{'events':>8}{'POST>1st s':>12}{'claim>1st s':>13}"
        f"{'monotone':>10}{'100 last':>10}"
    )
    for run in runs:
        print(
            f"{run.title:<40}{run.wall:>8.2f}{len(run.percents):>8}{run.post_to_first:>12.3f}"
            f"{run.claim_to_first:>13.3f}{yes(run.monotone):>10}"
            f"{yes(run.hundred_before_complete):>10}"
        )


def print_trims(trims: Sequence[Trimmed]) -> None:
    """One line per trim: what its file holds, found and wanted."""
    print(f"\n{'trim':<40}{'seconds':>17}{'frames':>13}{'begins':>8}")
    for trimmed in trims:
        seconds = f"{trimmed.decoded.seconds:.3f}/{trimmed.expected_seconds:.3f}"
        frames = f"{trimmed.decoded.frames}/{trimmed.expected_frames}"
        print(
            f"{trimmed.run.title:<40}{seconds:>17}{frames:>13}{yes(trimmed.begins_where_said):>8}"
        )


def verdict(trims: Sequence[Trimmed]) -> int:
    """The last line, and the exit code."""
    runs = [trimmed.run for trimmed in trims]
    wrong = [
        f"{run.title}: {bound.name}" for run in runs for bound in BOUNDS if not bound.holds(run)
    ]
    wrong += [
        f"{trimmed.run.title}: {name}"
        for trimmed in trims
        for name, holds in FRAMES
        if not holds(trimmed)
    ]
    slowest = max(run.post_to_first for run in runs)
    claim = max(run.claim_to_first for run in runs)
    tail = max(each.decoded.frames - each.expected_frames for each in trims if each.mode == "fast")
    print(
        f"\nfirst event {slowest:.2f} s after POST (< {FIRST_EVENT_SECONDS:g}), {claim:.2f} s "
        f"after the claim (< {CLAIM_TO_EVENT_SECONDS:g}); exact trims to the frame, fast +{tail} "
        f"(<= {COPY_TAIL_FRAMES}) frames; "
        + ("all bounds hold" if not wrong else "OUT OF BOUNDS: " + "; ".join(wrong))
    )
    return 1 if wrong else 0


def yes(value: bool) -> str:
    """For the table."""
    return "yes" if value else "NO"


if __name__ == "__main__":
    sys.exit(main())

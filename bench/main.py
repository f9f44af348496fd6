"""The main job on a fresh server: upload, edit, watch, download. `make bench-main`.

Prints tables of figures, then one line that holds them against their bounds; the exit code is 1
where one is out of bounds.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import clips, stills, texts, trims
from bench.arrival import Arrived, arrive
from bench.clips import Clip
from bench.measured import Fact, Measured
from bench.watching import (
    CLAIM_TO_EVENT_SECONDS,
    FIRST_EVENT_SECONDS,
    Bench,
    Watched,
)
from tests.servers.app import RunningServer
from tests.servers.live import Program


def main() -> int:
    """Run it; the exit code."""
    with tempfile.TemporaryDirectory(prefix="vrewcraft-bench-") as name:
        folder = Path(name)
        chosen = [clips.real(), clips.made(folder)]
        with RunningServer(folder / "data") as server, Program(server) as program:
            bench = Bench(server, program, folder)
            arrivals = [arrive(bench, clip) for clip in chosen]
            edits = [
                each for arrived in arrivals for each in edit(bench, arrived.clip, arrived.video_id)
            ]
        print_arrivals(arrivals)
        print_runs([each.run for each in edits])
        print_facts(edits)
    return verdict(arrivals, edits)


def edit(bench: Bench, clip: Clip, video_id: str) -> list[Measured]:
    """Every operation on one clip."""
    return [
        trims.trim(bench, clip, video_id, trims.FAST),
        trims.trim(bench, clip, video_id, trims.EXACT),
        texts.burn(bench, clip, video_id),
        texts.mux(bench, clip, video_id),
        stills.one(bench, clip, video_id),
        *(stills.several(bench, clip, video_id, each) for each in ("jpeg", "png", "webp")),
    ]


def print_arrivals(arrivals: Sequence[Arrived]) -> None:
    """One line per upload, then what was made of it."""
    print(f"{'upload':<20}{'MB':>7}{'answered s':>12}{'editable s':>12}{'furnished s':>13}")
    for item in arrivals:
        size = item.clip.path.stat().st_size / 1e6
        print(
            f"{item.clip.path.name:<20}{size:>7.1f}{item.answered:>12.2f}{item.ready:>12.2f}"
            f"{item.furnished:>13.2f}"
        )
    print_head("arrival")
    for item in arrivals:
        print_rows(item.clip.path.name, item.facts)


def print_runs(runs: Sequence[Watched]) -> None:
    """One line per edit: what was heard of it."""
    print(
        f"\n{'edit':<44}{'wall s':>8}{'events':>8}{'POST>1st s':>12}{'claim>1st s':>13}"
        f"{'monotone':>10}{'100 last':>10}"
    )
    for run in runs:
        print(
            f"{run.title:<44}{run.wall:>8.2f}{len(run.percents):>8}{run.post_to_first:>12.3f}"
            f"{run.claim_to_first:>13.3f}{yes(run.monotone):>10}"
            f"{yes(run.hundred_before_complete):>10}"
        )


def print_facts(edits: Sequence[Measured]) -> None:
    """What the files hold, found and wanted."""
    print_head("file of")
    for each in edits:
        print_rows(each.run.title, each.facts)


def print_head(of: str) -> None:
    """Above `print_rows`."""
    print(f"\n{of:<44}{'what':<34}{'found':>14}{'wanted':>20}")


def print_rows(title: str, facts: Sequence[Fact]) -> None:
    """One line per fact."""
    for fact in facts:
        mark = "" if fact.holds else "  NO"
        print(f"{title:<44}{fact.name:<34}{fact.found:>14}{fact.wanted:>20}{mark}")


def verdict(arrivals: Sequence[Arrived], edits: Sequence[Measured]) -> int:
    """The last line, and the exit code."""
    looked_at: list[Arrived | Measured] = [*arrivals, *edits]
    wrong = [name for each in looked_at for name in each.wrong]
    facts = sum(len(each.facts) for each in looked_at)
    slowest = max(each.run.post_to_first for each in edits)
    claim = max(each.run.claim_to_first for each in edits)
    print(
        f"\n{len(edits)} edits of {len(arrivals)} clips; first event {slowest:.2f} s after POST "
        f"(< {FIRST_EVENT_SECONDS:g}), {claim:.2f} s after the claim "
        f"(< {CLAIM_TO_EVENT_SECONDS:g}); {facts} facts of files held against what was asked; "
        + ("all bounds hold" if not wrong else "OUT OF BOUNDS: " + "; ".join(wrong))
    )
    return 1 if wrong else 0


def yes(value: bool) -> str:
    """For the table."""
    return "yes" if value else "NO"


if __name__ == "__main__":
    sys.exit(main())

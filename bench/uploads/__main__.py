"""Uploads and downloads against their bounds. `make bench-upload`.

Beside our server stands the reference server of tus on Node with the same client, the same chunks
of 8 MiB and the same sync at the end, and a plain copy as the limit. The last line holds every
figure against its bound; the exit code is 1 where one is out of bounds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.bounds import Bound
from bench.uploads.client import MIB, random_file
from bench.uploads.crowd import Crowd, crowd
from bench.uploads.cuts import Cuts, Cutter
from bench.uploads.fulldisk import FullDisk, full_disk
from bench.uploads.races import Races, races
from bench.uploads.serving import Serving, serving
from bench.uploads.speed import Speed, speed
from tests.servers.app import RunningServer
from tests.servers.tus_reference import ReferenceServer

SEED = 7


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="bench.uploads", description=__doc__)
    parser.add_argument("--folder", type=Path, help="where to work; it needs about 8 GB")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--cuts", type=int, default=300)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="vrewcraft-uploads-", dir=options.folder) as name:
        return run(Path(name), options)


def run(folder: Path, options: argparse.Namespace) -> int:
    """All parts, one after the other."""
    large = random_file(folder / "large.mp4", options.size * MIB)
    medium = random_file(folder / "medium.mp4", 100 * 1000 * 1000, seed=1)
    small = [random_file(folder / f"{n}.mp4", 6 * MIB + n, seed=n + 2) for n in range(10)]
    bounds: list[Bound] = []
    print(f"{'what':<44}{'found':>40}")
    with RunningServer(folder / "data") as server:
        with ReferenceServer(folder / "reference") as reference:
            bounds += tell_speed(speed(server, reference, large, options.pairs))
        bounds += tell_crowd(crowd(server, medium, 20))
    with RunningServer(folder / "serving") as server:
        bounds += tell_serving(serving(server, large, 200, 20, SEED))
    large.unlink()
    with RunningServer(folder / "cut") as server:
        bounds += tell_races(races(server, 200, SEED))
        bounds += tell_cuts(Cutter(server, small, options.cuts, SEED).run())
    bounds += tell_full_disk(full_disk(folder / "small", folder))
    return verdict(bounds)


def line(what: str, found: str) -> None:
    """One row of the table."""
    print(f"{what:<44}{found:>40}", flush=True)


def tell_speed(found: Speed) -> list[Bound]:
    """Rows and bounds of one upload."""
    line("upload of 1 GiB, MiB/s", _spread(found.ours))
    line("reference server (Node), MiB/s", _spread(found.theirs))
    line("cp + fsync, MiB/s", _spread(found.copies))
    line("ours / reference, median of the pairs", f"{found.ratio:.2f}")
    line("server grew by, MiB", f"{found.grown:.0f}")
    slower = Bound("reference / ours", 1 / found.ratio, round(1 / 0.7, 3))
    return [slower, Bound("server grew by", found.grown, 40, " MiB")]


def tell_crowd(found: Crowd) -> list[Bound]:
    """Rows and bounds of many uploads."""
    line("20 uploads of 100 MB at once, MiB/s", f"{found.speed:.0f}")
    line("errors", str(len(found.errors)))
    for error in found.errors[:3]:
        line("", error[:80])
    pages = f"{1000 * median(found.pages):.0f} / {found.p95:.0f} of {len(found.pages)}"
    line("a page meanwhile, median / p95 ms", pages)
    return [Bound("errors", len(found.errors), 0), Bound("page p95", found.p95, 300, " ms")]


def tell_serving(found: Serving) -> list[Bound]:
    """Rows and bounds of downloads."""
    line("random ranges, wrong", f"{found.wrong} of {found.ranges}")
    line("first byte near the end of 1 GiB, ms", f"{found.seek_ms:.0f}")
    line(f"{found.readers} readers of 1 GiB, MiB/s together", f"{found.speed:.0f}")
    line("incomplete of them", str(found.incomplete))
    line("server grew by, MiB", f"{found.grown:.1f}")
    line("its mean rose by, second half after first", f"{found.crept:.1f}")
    return [
        Bound("wrong ranges", found.wrong, 0),
        Bound("incomplete reads", found.incomplete, 0),
        Bound("grew by readers", found.grown, 40, " MiB"),
        Bound("rose while they read", found.crept, 2, " MiB"),
    ]


def tell_races(found: Races) -> list[Bound]:
    """Rows and bounds of two writers."""
    line("racing pairs, corrupt", f"{found.corrupt} of {found.pairs}")
    return [Bound("corrupt after races", found.corrupt, 0)]


def tell_cuts(found: Cuts) -> list[Bound]:
    """Rows and bounds of cuts."""
    line("cuts", ", ".join(f"{kind} {count}" for kind, count in found.made.items()))
    line("acknowledged bytes lost", str(found.lost))
    line("uploads, of those with another SHA-256", f"{found.uploads}, {found.wrong}")
    return [
        Bound("acknowledged bytes lost", found.lost, 0),
        Bound("wrong SHA-256", found.wrong, 0),
    ]


def tell_full_disk(found: FullDisk) -> list[Bound]:
    """Rows and bounds of a full disk."""
    said = {True: "yes", False: "NO"}
    line(f"full disk ({found.disk}): 507, offset kept", said[found.refused])
    line("others whose space is reserved go on", said[found.others_went_on])
    line("goes on once there is space", said[found.resumed])
    return [Bound("faults with a full disk", not found.holds, 0)]


def verdict(bounds: Sequence[Bound]) -> int:
    """The last line, and the exit code."""
    wrong = [bound for bound in bounds if not bound.holds]
    print(
        "\n"
        + "; ".join(map(str, bounds))
        + "; "
        + ("all bounds hold" if not wrong else "OUT OF BOUNDS: " + "; ".join(map(str, wrong)))
    )
    return 1 if wrong else 0


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    sys.exit(main())

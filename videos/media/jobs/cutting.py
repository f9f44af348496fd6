"""Encode and join an export in child processes.

python -m videos.media.jobs.cutting encode SPEC.json FAILURE.json PIECES
python -m videos.media.jobs.cutting join SPEC.json FAILURE.json PIECES OUT.mp4
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from videos.media.cutting.spec import Spec
from videos.media.ffmpeg.errors import BadMedia, BadOutput
from videos.media.ffmpeg.progress import Report
from videos.media.jobs.child import Reporter, child_command, run_child

if TYPE_CHECKING:
    from videos.media.cutting.export import Export

TAKEN_OVER = "takenOver"
"""In the result of encoding: how many pieces an earlier attempt had made."""


def taken_over_by(result: Path | None) -> int:
    """That number, by the result file of a step; 0 where it is no encoding."""
    if result is None or not result.exists():
        return 0
    said = json.loads(result.read_bytes())
    return int(said.get(TAKEN_OVER, 0)) if isinstance(said, dict) else 0


def encode_command(spec: Path, failure: Path, pieces: Path) -> list[str]:
    """The command that encodes what an export cannot copy."""
    return child_command("cutting", "encode", str(spec), str(failure), str(pieces))


def join_command(spec: Path, failure: Path, pieces: Path, out: Path) -> list[str]:
    """The command that writes an export's file, once its pieces are there."""
    return child_command("cutting", "join", str(spec), str(failure), str(pieces), str(out))


def _export(spec: Path, pieces: Path) -> Export:
    from videos.media.cutting.export import Export  # noqa: PLC0415 (PyAV, which the server must not load)

    export = Export(Spec.read(spec), spec.parent, pieces)
    if not export.source.exists():
        raise BadMedia({"detail": "the file is missing"})
    return export


def _encode(spec: Path, pieces: Path) -> dict[str, Any]:
    export, reporter = _export(spec, pieces), Reporter()
    taken = export.encode(export.plan, lambda count: reporter.report(Report(frame=count)))
    return {TAKEN_OVER: taken}


def _join(spec: Path, pieces: Path, out: Path) -> None:
    export, reporter = _export(spec, pieces), Reporter()

    def on_progress(pictures: int, written: int) -> None:
        reporter.report(Report(frame=pictures, bytes=written))

    export.join(export.plan, out, on_progress)
    try:
        export.check(export.plan, out)
    except BadOutput as error:
        sys.stderr.write(f"[warning] {error}: every picture is encoded instead\n")
        export.encode(export.whole_plan, lambda _count: None)
        export.join(export.whole_plan, out, on_progress)
        export.check(export.whole_plan, out)


def main(argv: list[str]) -> int:
    """Encode or join."""
    what, *paths = argv
    spec, failure, pieces, *out = map(Path, paths)
    if what == "encode":
        return run_child(lambda: _encode(spec, pieces), failure)
    return run_child(lambda: _join(spec, pieces, out[0]), failure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

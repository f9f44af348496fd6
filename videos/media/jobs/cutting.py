"""Encode and join an export in child processes.

python -m videos.media.jobs.cutting encode SPEC.json FAILURE.json PIECES
python -m videos.media.jobs.cutting join SPEC.json FAILURE.json PIECES OUT.mp4
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from videos.media.cutting.spec import Spec
from videos.media.ffmpeg.errors import BadMedia
from videos.media.ffmpeg.progress import Report
from videos.media.jobs.child import Reporter, child_command, run_child

if TYPE_CHECKING:
    from videos.media.cutting.export import Export


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


def _encode(spec: Path, pieces: Path) -> None:
    export, reporter = _export(spec, pieces), Reporter()
    export.encode(export.plan, lambda pictures: reporter.report(Report(frame=pictures)))


def _join(spec: Path, pieces: Path, out: Path) -> None:
    export, reporter = _export(spec, pieces), Reporter()
    export.join(
        export.plan,
        out,
        lambda pictures, written: reporter.report(Report(frame=pictures, bytes=written)),
    )


def main(argv: list[str]) -> int:
    """Encode or join."""
    what, *paths = argv
    spec, failure, pieces, *out = map(Path, paths)
    if what == "encode":
        return run_child(lambda: _encode(spec, pieces), failure)
    return run_child(lambda: _join(spec, pieces, out[0]), failure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""An export in this process, and what its result shows and plays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from bench.cuts.checker import check
from bench.cuts.films import Film, read
from bench.cuts.sounds import RATE, Sound, loudness
from videos.media.cutting.export import Export
from videos.media.cutting.planner import Copied
from videos.media.cutting.result_plan import ResultPlan
from videos.media.cutting.spec import Spec
from videos.media.cutting.timeline import snapped

FILMS = Path(__file__).resolve().parents[3] / "data" / "cuts"
SPEC = Spec(source="", sha256="", index="", segments=())
Cuts = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Cut:
    """A cut of a source that has been made."""

    source: Path
    cuts: Cuts
    path: Path
    export: Export
    taken_over: int

    @property
    def plan(self) -> ResultPlan:
        """What was copied and what was encoded."""
        return self.export.plan

    @property
    def actual(self) -> list[tuple[float, float]]:
        """The segments after snapping, in seconds."""
        return [(each.start_us / 1e6, each.end_us / 1e6) for each in self.plan.segments]

    @property
    def film(self) -> Film:
        """All that the result shows and plays, as a stranger decodes it."""
        return read(self.path)

    @property
    def times(self) -> list[float]:
        """When each picture is shown, to the tenth of a millisecond."""
        return [round(float(time), 4) for time in self.film.times]

    @property
    def numbers(self) -> list[int | None]:
        """What the pictures' bars say."""
        return [picture.number for picture in self.film.pictures]

    @property
    def pieces(self) -> list[str]:
        """The kinds of the pieces of the shown film."""
        pieces = self.plan.films[0].plan.pieces
        return ["copied" if isinstance(each, Copied) else "encoded" for each in pieces]

    @property
    def piece_files(self) -> list[Path]:
        """The encoded pieces on disk."""
        return sorted(self.export.pieces.glob("*.piece"))

    def sentences(self) -> list[str]:
        """All that the independent checker finds wrong."""
        cuts = self.cuts or [(0, self.export.index.end_us / 1e6)]
        return [str(each) for each in check(self.source, self.path, cuts).violations]


def cut(source: Path, folder: Path, *cuts: tuple[float, float], spec: Spec = SPEC) -> Cut:
    """Export these stretches (none: all) of a source into a folder of its own."""
    whole = Export(replace(spec, source=str(source)), folder, folder / "pieces")
    segments = tuple(
        (each.start_us, each.end_us) for each in (snapped(whole.index, *ends) for ends in cuts)
    )
    export = Export(replace(whole.spec, segments=segments), folder, folder / "pieces")
    export.__dict__["index"] = whole.index
    taken_over = export.encode(export.plan, lambda _count: None)
    path = folder / "result.mp4"
    export.join(export.plan, path, lambda _pictures, _written: None)
    export.check(export.plan, path)
    return Cut(source, cuts, path, export, taken_over)


def loud_at(sound: Sound, start: float, end: float) -> float:
    """How loud it is from then to then: 0 is silence, 1 the most there can be."""
    return loudness(sound.between(Fraction(str(start)), round((end - start) * RATE)))

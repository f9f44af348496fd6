"""Index: read a source again for what cutting needs to know of it.

New sources have their index from their probe; this is for those of earlier releases.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from videos.core.enums import Role
from videos.operations import probe
from videos.operations.base import Operation, Params, Plan, Source, Words
from videos.operations.outputs import VideoPart


def build(sources: Sequence[Source], _params: Params, workdir: Path) -> Plan:
    """The scan of a probe, of which only the index is kept."""
    return probe.scan(sources[0], workdir / "index.json", VideoPart.INDEX)


def _has_none(source: Source) -> bool:
    return not source.read_index()


OPERATION = Operation(
    slug="index",
    label=_("Index the file"),
    words=Words(_("Indexing the file..."), _("Indexing the file..."), _("File indexed")),
    form=probe.ProbeForm,
    build=build,
    estimate=probe.estimate,
    role=Role.ARRIVAL,
    applies=_has_none,
)

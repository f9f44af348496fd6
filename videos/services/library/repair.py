"""What can be done about a check's findings. Whether to, a person says: see the command."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from videos.models import Output, SubtitleFile, Video
from videos.services.library import subtitles
from videos.services.library.audit import Fault, Finding
from videos.storage import keys, registry


def rebuild_tracks(findings: Sequence[Finding]) -> int:
    """Make missing WebVTT tracks anew from their subtitle files; gives how many."""
    rows = [each.row for each in findings if each.fault is Fault.TRACK]
    return sum(
        subtitles.rebuild_track(row)
        for row in rows
        if isinstance(row, SubtitleFile) and registry.store().exists(row.key)
    )


def deletable(findings: Sequence[Finding]) -> list[Finding]:
    """Files that belong to nothing."""
    return [each for each in findings if each.fault in (Fault.STRAY, Fault.UNFINISHED)]


def damaged(findings: Sequence[Finding]) -> list[Finding]:
    """Outputs and subtitle files that are gone or are not what they were."""
    return [each for each in findings if _is_broken(each) and not isinstance(each.row, Video)]


def lost(findings: Sequence[Finding]) -> list[Finding]:
    """Videos whose source is gone or is not what it was."""
    return [each for each in findings if _is_broken(each) and isinstance(each.row, Video)]


def delete_files(findings: Sequence[Finding]) -> None:
    """Delete files that no row names; one that a row names by now stays."""
    store = registry.store()
    for each in findings:
        if each.upload:
            store.abort(each.upload)
        elif not _is_named(each.key):
            store.delete(each.key)


@transaction.atomic
def forget(findings: Sequence[Finding]) -> None:
    """Delete the rows of damaged files, and what is left of these."""
    store = registry.store()
    for each in findings:
        if isinstance(each.row, Output):
            transaction.on_commit(partial(store.delete, each.key))
            each.row.delete()
        elif isinstance(each.row, SubtitleFile):
            transaction.on_commit(partial(store.delete_prefix, keys.subtitles_prefix(each.row.pk)))
            each.row.delete()


def mark_broken(findings: Sequence[Finding]) -> None:
    """Have the videos say that their source is missing. Nothing is deleted."""
    for each in findings:
        if isinstance(each.row, Video):
            each.row.become_broken("file_missing", {})


def _is_broken(finding: Finding) -> bool:
    return finding.fault in (Fault.MISSING, Fault.SIZE, Fault.HASH)


def _is_named(key: str) -> bool:
    return (
        Output.objects.filter(key=key).exists()
        or Video.objects.filter(source_key=key).exists()
        or SubtitleFile.objects.filter(key=key).exists()
    )

"""`manage.py storage`: make the bucket, or check whether the library's rows and files agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from videos.services.library import audit, repair, restore_guard
from videos.services.library.audit import Finding, Report
from videos.storage import registry
from videos.storage.base import StorageDown

MIB = 1024 * 1024
SHOWN = 200
NEWER = (
    "The library was used by a newer database than this one, which must come from a backup. "
    "Until this is confirmed, orphaned files are kept, whatever their age."
)
ACCEPT = "Let workers remove orphaned files again once they are a day old?"
WORDS = {
    audit.Fault.MISSING: "file missing",
    audit.Fault.SIZE: "wrong size",
    audit.Fault.HASH: "content differs from what was published",
    audit.Fault.STRAY: "orphaned: belongs to no row",
    audit.Fault.TRACK: "WebVTT missing, can be rebuilt",
    audit.Fault.UNFINISHED: "parts of an unfinished upload",
}


class Command(BaseCommand):
    """Look after the library's files."""

    help = (
        "check: compare the library's rows with its files, in a folder or a bucket. Exits with 0 "
        "if everything matches, with 1 if something does not or could not be checked. It can run "
        "while the site is in use. create: create the bucket if it does not exist."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and how thoroughly."""
        parser.add_argument("action", choices=["check", "create"])
        parser.add_argument("--deep", action="store_true", help="read every byte, compare SHA-256")
        parser.add_argument(
            "--repair", action="store_true", help="offer to repair what can be repaired; asks first"
        )
        parser.add_argument("--yes", action="store_true", help="with --repair: do not ask")
        parser.add_argument(
            "--grace",
            type=int,
            default=3600,
            metavar="SECONDS",
            help="ignore files without a row that are younger than this (3600)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, say what was found, repair if asked, and check again."""
        if options["action"] == "create":
            self._create()
            return
        report = self._checked(options)
        if options["repair"] and (report.findings or report.is_newer):
            self._repair(report, ask=not options["yes"])
            report = self._checked(options)
        if report.findings:
            raise CommandError(f"{len(report.findings)} problems found.")
        if report.is_newer:
            raise CommandError("The database is older than the library.")
        self.stdout.write("No problems found.")

    def _create(self) -> None:
        try:
            created = registry.store().create()
        except StorageDown as error:
            raise CommandError(f"The storage is not responding: {error}") from error
        self.stdout.write("The bucket was created." if created else "The bucket already exists.")

    def _checked(self, options: dict[str, Any]) -> Report:
        try:
            report = audit.check(deep=options["deep"], grace=timedelta(seconds=options["grace"]))
        except StorageDown as error:
            raise CommandError(f"The storage is not responding: {error}") from error
        self.stdout.write(f"{report.files} files, {_size(report.bytes)}.")
        if report.is_newer:
            self.stdout.write(NEWER)
        for finding in report.findings[:SHOWN]:
            self.stdout.write(_line(finding))
        if len(report.findings) > SHOWN:
            self.stdout.write(f"... and {len(report.findings) - SHOWN} more.")
        return report

    def _repair(self, report: Report, *, ask: bool) -> None:
        findings = report.findings
        if rebuilt := repair.rebuild_tracks(findings):
            self.stdout.write(f"{rebuilt} WebVTT tracks rebuilt.")
        steps: list[tuple[str, list[Finding], Callable[[Sequence[Finding]], None]]] = [
            (
                "Delete {count} orphaned files ({size})?",
                repair.deletable(findings),
                repair.delete_files,
            ),
            (
                "Delete {count} results and subtitle files that are missing or damaged?",
                repair.damaged(findings),
                repair.forget,
            ),
            (
                "Mark {count} videos with a missing or damaged source as broken?",
                repair.lost(findings),
                repair.mark_broken,
            ),
        ]
        for question, faulty, act in steps:
            size = _size(sum(each.bytes for each in faulty))
            prompt = question.format(count=len(faulty), size=size)
            if faulty and (not ask or self._agreed(prompt)):
                act(faulty)
        if report.is_newer and (not ask or self._agreed(ACCEPT)):
            restore_guard.accept()

    def _agreed(self, question: str) -> bool:
        """Nothing but a clear yes is one."""
        try:
            return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            return False


def _line(finding: Finding) -> str:
    whose = f"  {type(finding.row).__name__} {finding.row}" if finding.row else ""
    detail = f" ({finding.detail})" if finding.detail else ""
    return f"{WORDS[finding.fault]}{detail}: {finding.key}{whose}"


def _size(count: int) -> str:
    return f"{count / MIB:.1f} MiB"

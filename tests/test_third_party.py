"""THIRD_PARTY.md names every package that running VrewCraft installs."""

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
# What redis needs on Python before 3.11.3.
ON_SOME_PYTHONS = {"async-timeout"}


def named(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(lines: list[str], extras: frozenset[str], known: dict[str, frozenset[str]]) -> None:
    """Add the packages of requirement lines, and what these need in turn, to `known`."""
    for requirement in map(Requirement, lines):
        here = requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in extras | {""}
        )
        name, wanted = named(requirement.name), frozenset(requirement.extras)
        if not here or (name in known and wanted <= known[name]):
            continue
        known[name] = known.get(name, frozenset()) | wanted
        try:
            below = requires(requirement.name)
        except PackageNotFoundError:
            del known[name]
            continue
        needed(below or [], wanted, known)


def test_third_party_lists_what_is_installed_to_run_and_nothing_else() -> None:
    pinned = [
        line.partition("#")[0].strip()
        for line in (ROOT / "requirements.txt").read_text().splitlines()
    ]
    known: dict[str, frozenset[str]] = {}
    needed([line for line in pinned if line], frozenset(), known)
    rows = re.findall(
        r"^\| ([a-z0-9-]+)(?: \(.*\))? \|", (ROOT / "THIRD_PARTY.md").read_text(), re.MULTILINE
    )
    listed = set(rows) - {"package"}
    assert set(known) <= listed
    assert listed - set(known) <= ON_SOME_PYTHONS

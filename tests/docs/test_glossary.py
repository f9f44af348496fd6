"""The glossary matches the code: what it names exists, and is called so there."""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
from pathlib import Path

import pytest

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\| (\*\*.+?) \| .+ \| (`.+`) \|$", flags=re.MULTILINE)
ENTRIES = [
    (term, name)
    for term, names in ROW.findall(GLOSSARY.read_text("utf-8"))
    for name in re.findall(r"`([\w.]+)`", names)
]


def source_of(name: str) -> str:
    """The text of the module that is named, or that defines what is named."""
    target = pkgutil.resolve_name(name)
    return inspect.getsource(sys.modules[getattr(target, "__module__", name)])


def test_the_glossary_has_entries() -> None:
    assert len(ENTRIES) > 40


@pytest.mark.parametrize(("term", "name"), ENTRIES)
def test_a_term_is_used_where_the_glossary_says(term: str, name: str) -> None:
    words = [word.lower() for word in re.findall(r"[A-Za-z]+", term)]
    text = f"{name} {source_of(name)}".lower()
    assert any(word in text for word in words)


def test_terms_are_unique_and_in_bold() -> None:
    terms = re.findall(r"\*\*(.+?)\*\*", GLOSSARY.read_text("utf-8"))
    assert len(terms) == len(set(terms))

"""The documents say what the code does: names are taken from the code and looked for in them."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from videos.core import messages
from videos.operations import registry as operations

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PACKAGES = ("vrewcraft", "videos", "progress")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("findings/*.md"), *DOCS.rglob("*.md")])
READERS = re.compile(
    r"(.*\.)?(text|integer|seconds|words)|.*\benv\.db_url|os\.(environ\.get|getenv)"
)
# Django's own, set by our entry points: it is no setting.
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")


def headings(path: Path) -> list[str]:
    """The texts of a page's headings, outside its code blocks."""
    prose = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#+ +(.+?) *$", prose, flags=re.MULTILINE)


def anchor(heading: str) -> str:
    """The fragment that a heading gets on the web."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def commands() -> list[str]:
    """Our management commands."""
    found = [
        path for name in PACKAGES for path in (ROOT / name).glob("management/commands/[a-z]*.py")
    ]
    return sorted(path.stem for path in found)


@cache
def variables() -> frozenset[str]:
    """Every environment variable that our code reads by its name."""
    paths = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return frozenset(name for node in nodes if (name := variable_read(node)))


def variable_read(node: ast.AST) -> str | None:
    """The variable that a call or subscript such as `env.text("NAME")` reads."""
    if isinstance(node, ast.Call) and node.args and READERS.fullmatch(ast.unparse(node.func)):
        asked = node.args[0]
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
        asked = node.slice
    else:
        return None
    name = asked.value if isinstance(asked, ast.Constant) else None
    return name if isinstance(name, str) and VARIABLE.fullmatch(name) else None


def table_rows(path: Path) -> set[str]:
    """What stands in backticks in the first cell of the page's tables."""
    return set(re.findall(r"^\| *`([^`]+)`", path.read_text("utf-8"), flags=re.MULTILINE))


def links(path: Path) -> list[str]:
    """The targets of a page's links and pictures that lie in this repository."""
    prose = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", prose)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def test_every_operation_has_a_heading_among_the_howtos() -> None:
    titles = [title.lower() for path in DOCS.glob("howto/*.md") for title in headings(path)]
    words = {word for title in titles for word in re.findall(r"[a-z0-9_-]+", title)}
    assert operations.by_slug().keys() - words == set()


def test_every_environment_variable_is_documented_and_no_other() -> None:
    read = variables() - NOT_OURS
    assert "VREWCRAFT_DATA_DIR" in read, "the search itself must find what is there"
    documented = {name for name in table_rows(DOCS / "operations.md") if VARIABLE.fullmatch(name)}
    assert documented == read


def test_every_error_code_is_documented_and_no_other() -> None:
    section = (DOCS / "protocol.md").read_text("utf-8").partition("## Error codes")[2]
    documented = set(re.findall(r"^\| *`([a-z_]+)` *\|", section, flags=re.MULTILINE))
    assert documented == messages.SENTENCES.keys()


def test_every_command_has_a_heading_and_no_other_is_promised() -> None:
    path = DOCS / "howto" / "commands.md"
    assert set(commands()) - set(headings(path)) == set()
    called = {
        name
        for page in PAGES
        for name in re.findall(r"manage\.py ([a-z_]+)", page.read_text("utf-8"))
    }
    assert called - set(commands()) <= {"migrate", "createsuperuser"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        name, _, fragment = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if fragment:
            assert fragment in map(anchor, headings(target)), link


def test_make_targets_named_in_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    blocks_and_code = r"^[^#\n]*?\bmake ([a-z][a-z-]+)$|`make ([a-z][a-z-]+)`"
    named = {
        first or second
        for page in PAGES
        for first, second in re.findall(
            blocks_and_code, page.read_text("utf-8"), flags=re.MULTILINE
        )
    }
    assert {"run", "test"} <= named
    assert named - targets == set()


def test_the_files_that_values_travel_through_are_there() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    named = re.findall(r"`([a-z_]+/[^` ]+\.(?:py|js))`", text)
    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).is_file()] == []

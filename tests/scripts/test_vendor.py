"""Front-end files of others are exactly what vendor.toml lists, each with its licence."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.vendor import LISTED, ROOT, VENDOR, packages

FILES = [(package, file) for package in packages() for file in package["files"]]


@pytest.mark.parametrize(("package", "file"), FILES, ids=lambda each: each.get("path", ""))
def test_a_file_has_the_hash_that_is_listed(package: dict[str, Any], file: dict[str, Any]) -> None:
    content = (VENDOR / file["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == file["sha256"]


@pytest.mark.parametrize("package", packages(), ids=lambda package: package["name"])
def test_a_package_says_what_it_is_and_brings_its_licence(package: dict[str, Any]) -> None:
    assert set(package) == {"name", "version", "source", "licence", "integrity", "files"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert package["integrity"].startswith("sha512-")
    licences = [file["path"] for file in package["files"] if "LICENSE" in file["path"]]
    assert len(licences) == 1
    assert package["licence"] in ("MIT", "BSD-3-Clause")
    assert package["name"] in (ROOT / "THIRD_PARTY.md").read_text()


def test_nothing_else_lies_there() -> None:
    there = {path for path in VENDOR.rglob("*") if path.is_file()}
    assert there == {VENDOR / file["path"] for _, file in FILES} | {LISTED}


def test_no_file_names_a_source_map_that_is_missing() -> None:
    for path in VENDOR.rglob("*.js"):
        assert "sourceMappingURL" not in path.read_text()


def test_browsers_and_node_find_the_same_modules() -> None:
    page = (ROOT / "templates" / "base.html").read_text()
    (found,) = re.findall(r'<script type="importmap">(.*?)</script>', page)
    browser = json.loads(re.sub(r"{% static '(.*?)' %}", r"./\1", found))["imports"]
    node = json.loads((ROOT / "static" / "package.json").read_text())["imports"]
    assert browser == node
    assert all(Path(ROOT / "static" / path).exists() for path in node.values())

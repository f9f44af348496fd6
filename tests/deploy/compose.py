"""The files of Compose that ship the product, as Compose reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


class Compose(yaml.SafeLoader):
    """YAML with the two words of Compose that say what becomes of an earlier file's value."""


@dataclass(frozen=True)
class Override:
    """What stands in place of the earlier value, instead of being merged into it."""

    value: Any


Compose.add_constructor("!override", lambda loader, node: Override(_value(loader, node)))
Compose.add_constructor("!reset", lambda _loader, _node: Override(None))


def _value(loader: Any, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node, deep=True)


def merged(below: Any, above: Any) -> Any:
    """Two files of Compose together: https://docs.docker.com/reference/compose-file/merge/"""
    if isinstance(above, Override):
        return above.value
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    whole = {**below, **{name: merged(below.get(name), each) for name, each in above.items()}}
    return {name: each for name, each in whole.items() if each is not None}


def loaded(name: str) -> dict[str, Any]:
    """A file of Compose."""
    found: dict[str, Any] = yaml.load((ROOT / name).read_text(), Compose)
    return found


COMPOSE = loaded("compose.yaml")
FOLDER: dict[str, dict[str, Any]] = merged(COMPOSE, loaded("compose.folder.yaml"))["services"]
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("vrewcraft")}

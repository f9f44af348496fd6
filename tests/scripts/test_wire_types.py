"""What is made from the schemas is what they say, and a difference is found."""

from __future__ import annotations

from scripts import wire_types


def test_the_scripts_types_and_the_tables_are_what_the_schemas_say() -> None:
    found = wire_types.schemas()
    protocol = wire_types.PROTOCOL.read_text("utf-8")
    assert wire_types.SCRIPTS.read_text("utf-8") == wire_types.declarations(found)
    assert protocol == wire_types.tables(protocol, found)


def test_a_table_that_differs_is_rewritten() -> None:
    found = {"Space": {"properties": {"usedBytes": {"type": "integer", "description": "Kept."}}}}
    stale = "<!-- fields: Space -->\n| `oldBytes` |\n<!-- end -->"
    made = wire_types.tables(stale, found)
    assert "oldBytes" not in made
    assert "| `usedBytes` | integer | Kept. May be missing. |" in made

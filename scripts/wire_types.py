"""What is made from the API's schemas: `python scripts/wire_types.py write|check`.

The scripts' types (static/js/api/wire.d.ts), and the tables of fields in docs/protocol.md: one
between `<!-- fields: NAME -->` and `<!-- end -->`; `NAME beyond OTHER` leaves out what OTHER has.
`check` changes nothing and fails where they differ.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "static" / "js" / "api" / "wire.d.ts"
PROTOCOL = ROOT / "docs" / "protocol.md"
HEAD = "// Made by `make types` from the schemas of the API and of the live protocol.\n"
TABLE = re.compile(r"(<!-- fields: (\w+)(?: beyond (\w+))? -->\n).*?(<!-- end -->)", re.DOTALL)
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def schemas() -> dict[str, Schema]:
    """Every object that travels, by name."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vrewcraft.settings")
    import django

    django.setup()
    from pydantic import TypeAdapter

    from progress.messages import SERVER_MESSAGES, Subscribe
    from videos.api.router import api

    found = dict(api.get_openapi_schema()["components"]["schemas"])
    messages = {kind for kinds in SERVER_MESSAGES.values() for kind in kinds}
    for kind in (Subscribe, *sorted(messages, key=lambda kind: str(kind.__name__))):
        schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {})
        found[kind.__name__] = schema
    return dict(sorted(found.items()))


def message_kinds() -> dict[str, list[str]]:
    """The names of what the `data` of each message may be."""
    from progress.messages import SERVER_MESSAGES

    return {word: [kind.__name__ for kind in kinds] for word, kinds in SERVER_MESSAGES.items()}


def typescript(schema: Schema) -> str:
    """The TypeScript type of a value."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return literal(schema["const"])
    if "enum" in schema:
        return " | ".join(map(literal, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(map(typescript, schema["anyOf"])))
    kind = schema.get("type")
    if kind == "array":
        return f"Array<{typescript(schema['items'])}>"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {typescript(values) if isinstance(values, dict) else 'any'}>"
    return PLAIN.get(str(kind), str(kind) if kind else "any")


def literal(value: object) -> str:
    """A constant in TypeScript."""
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def interface(name: str, schema: Schema) -> str:
    """An object's declaration; an enumeration's where it is one."""
    if "properties" not in schema:
        return f"{comment(schema, '')}export type {name} = {typescript(schema)};\n"
    required = schema.get("required", ())
    lines = [
        f"{comment(field, '  ')}  {key}{'' if key in required else '?'}: {typescript(field)};\n"
        for key, field in schema["properties"].items()
    ]
    return f"{comment(schema, '')}export interface {name} {{\n{''.join(lines)}}}\n"


def comment(schema: Schema, indent: str) -> str:
    """A description as JSDoc."""
    text = " ".join(str(schema.get("description", "")).split())
    return f"{indent}/** {text} */\n" if text else ""


def declarations(found: dict[str, Schema]) -> str:
    """The whole file of types."""
    parts = [interface(name, schema) for name, schema in found.items()]
    messages = [
        f'  | {{ type: "{word}"; videoId: string | null; data: {" | ".join(names)} }}'
        for word, names in message_kinds().items()
    ]
    union = "/** A message of the server. */\nexport type ServerMessage =\n" + "\n".join(messages)
    return "\n".join([HEAD, *parts, f"{union};\n"])


def tables(text: str, found: dict[str, Schema]) -> str:
    """The protocol's text with its tables made anew."""

    def table(match: re.Match[str]) -> str:
        begin, name, beyond, end = match.groups()
        return f"{begin}{rows(found[name], found[beyond] if beyond else {})}{end}"

    return TABLE.sub(table, text)


def rows(schema: Schema, beyond: Schema) -> str:
    """One object's fields as a table."""
    known = beyond.get("properties", {})
    lines = [
        f"| `{key}` | {in_words(field)} | {meaning(field, key in schema.get('required', ()))} |"
        for key, field in schema["properties"].items()
        if known.get(key) != field
    ]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *lines, ""])


def meaning(field: Schema, required: bool) -> str:
    """What a field's docstring says, and its words."""
    said = " ".join(str(field.get("description", "")).split())
    optional = "" if required else "May be missing."
    return " ".join(filter(None, [choices(field), said, optional]))


def choices(field: Schema) -> str:
    """The words that a text or the texts of a list may be."""
    words = field.get("enum") or field.get("items", {}).get("enum") or ()
    return f"{', '.join(f'`{word}`' for word in words)}." if words else ""


def in_words(schema: Schema) -> str:
    """The type of a value as the protocol names it."""
    if "$ref" in schema:
        return f"`{typescript(schema)}`"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(in_words, schema["anyOf"])))
    if "const" in schema:
        return f"`{literal(schema['const'])}`"
    if schema.get("type") == "array":
        return f"list of {in_words(schema['items'])}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {in_words(schema['additionalProperties'])}"
    form = {"uuid": "id", "date-time": "time", "uri-reference": "address"}
    return form.get(schema.get("format", ""), str(schema.get("type", "any")))


def main() -> None:
    """Write the files, or say which differ."""
    found = schemas()
    made = {
        SCRIPTS: declarations(found),
        PROTOCOL: tables(PROTOCOL.read_text("utf-8"), found),
    }
    differing = [
        path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text
    ]
    if sys.argv[1:] == ["write"]:
        for path in differing:
            path.write_text(made[path], "utf-8")
    elif differing:
        names = ", ".join(str(path.relative_to(ROOT)) for path in differing)
        sys.exit(f"{names}: not what the schemas say. `make types` makes them anew.")


if __name__ == "__main__":
    main()

"""Values against the types declared for them, more strictly than clients are told to be."""

from __future__ import annotations

import functools
import json
from typing import Any

import jsonschema_rs
from pydantic import TypeAdapter


def fits(value: object, *kinds: Any) -> bool:
    """Whether it is, as JSON, one of these types, with all of its fields and no other."""
    plain = json.loads(json.dumps(value, allow_nan=False))
    return any(_validator(kind).is_valid(plain) for kind in kinds)


@functools.cache
def _validator(kind: Any) -> jsonschema_rs.Validator:
    schema = TypeAdapter(kind).json_schema()
    _close(schema)
    validator: jsonschema_rs.Validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    return validator


def _close(schema: Any) -> None:
    """Refuse fields that are not declared; clients are told to ignore them."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for part in schema.values():
            _close(part)
    elif isinstance(schema, list):
        for part in schema:
            _close(part)

"""JSON bodies of requests: strictly read, and checked against the schema beside each call."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from videos.core.errors import AppError

CONTENT_TYPE = "application/json"
CODES = {
    "bool_type": "not_a_choice",
    "extra_forbidden": "unknown_field",
    "list_type": "not_a_list",
    "literal_error": "not_a_choice",
    "missing": "required",
    "required": "required",
    "string_type": "not_text",
    "too_long": "too_many",
}
"""pydantic's kinds of errors by our codes (https://docs.pydantic.dev/latest/errors/validation_errors/)."""


class JsonBody(BaseModel):
    """The base of every request body: no unknown fields, nothing converted, no NaN."""

    model_config = ConfigDict(
        alias_generator=to_camel, allow_inf_nan=False, extra="forbid", strict=True
    )


class StrictParser(Parser):
    """Reads bodies for ninja, which says so in an HttpError whatever is raised here."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """One JSON object in which no name comes twice. Raises AppError 415, 400 or 422."""
        return json_object(request)


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The request's body, which must be one JSON object. Raises AppError 415, 400 or 422."""
    if request.content_type != CONTENT_TYPE:
        raise _wrong_content_type()
    try:
        data = json.loads(request.body, object_pairs_hook=_as_meant)
    except (ValueError, RecursionError):
        raise AppError("bad_json", 400) from None
    if not isinstance(data, dict):
        raise AppError("bad_json", 400)
    return data


def _wrong_content_type() -> AppError:
    return AppError("wrong_content_type", 415, expected=CONTENT_TYPE)


def _as_meant(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one name, readers take one or the other: neither is what was meant."""
    result = dict(pairs)
    if len(result) < len(pairs):
        counts = Counter(name for name, _value in pairs)
        _refuse([name for name, count in counts.items() if count > 1], "duplicate_field")
    if halves := [name for name in result if not _is_text(name)]:
        _refuse(halves, "unknown_field")
    return result


def _is_text(name: str) -> bool:
    """Half of a pair of surrogates passes as JSON, but is no text."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _refuse(names: list[str], code: str) -> NoReturn:
    raise AppError("invalid", 422, fields=dict.fromkeys(names, code))


def unreadable(error: HttpError) -> AppError:
    """Why ninja could not read the body."""
    cause = error.__cause__
    return cause if isinstance(cause, AppError) else AppError("bad_json", 400)


def invalid(request: HttpRequest, error: ValidationError) -> AppError:
    """Why a request does not fit its schema: each wrong field by its name."""
    result = [item for item in error.errors if item["loc"][0] != "body"]
    if result:
        return AppError("invalid", 422, fields={str(each["loc"][-1]): "invalid" for each in result})
    # ninja takes an empty body for none, and misses the whole of it.
    return _wrong_fields(error.errors) if request.body else _empty(request)


def _empty(request: HttpRequest) -> AppError:
    is_json = request.content_type == CONTENT_TYPE
    return AppError("bad_json", 400) if is_json else _wrong_content_type()


def _wrong_fields(errors: Iterable[Mapping[str, Any]]) -> AppError:
    """The first error of each field; its name comes after `body` and the name of the parameter."""
    first: dict[str, Mapping[str, Any]] = {}
    for error in errors:
        first.setdefault(str(error["loc"][2]), error)
    codes = {name: _code(error) for name, error in first.items()}
    own = {name: values for name, error in first.items() if (values := _values(error))}
    together = {key: value for values in own.values() for key, value in values.items()}
    return AppError("invalid", 422, fields=codes, field_values=own, **together)


def _code(error: Mapping[str, Any]) -> str:
    inside_a_list = len(error["loc"]) > len(("body", "parameter", "field"))
    return "not_a_list" if inside_a_list else CODES.get(error["type"], "invalid")


def _values(error: Mapping[str, Any]) -> dict[str, str | int | float]:
    """What fills the sentence of a field's error."""
    context = error.get("ctx", {})
    if error["type"] == "bool_type":
        return {"choices": "true, false"}
    if error["type"] == "literal_error":
        return {"choices": ", ".join(re.findall(r"'([^']*)'", context["expected"]))}
    if error["type"] == "too_long":
        return {"most": context["max_length"]}
    return {}

"""The description of the API, with what ninja cannot know of its calls.

Of every call: which refusals follow from its shape, and who may ask. Of edits: one address for each
operation, with its params. And the calls that are no ninja's: uploads and files (other_calls.py).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from pydantic import TypeAdapter

from videos.api import other_calls
from videos.api.edits import EDIT, EditRequest
from videos.http.error_responses import ErrorAnswer
from videos.operations import registry as operations
from videos.operations.base import Operation
from videos.operations.forms import json_schema

Json = dict[str, Any]

JSON_REFUSAL = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
PHRASES = {460: "Checksum Mismatch"}
"""Of statuses that are no HTTP's but tus'."""
PUBLIC: list[Json] = []
"""The security of a call that asks nobody who they are."""
SAFE = {"get", "head", "options"}
METHODS = {*SAFE, "post", "put", "patch", "delete"}


class DescribedAPI(NinjaAPI):
    """A ninja API whose description is complete."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: Json | None = None
    ) -> OpenAPISchema:
        """What `openapi.json` says."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["paths"] = {**schema["paths"], **other_calls.paths()}
        components = schema["components"]
        components["schemas"]["ErrorAnswer"] = TypeAdapter(ErrorAnswer).json_schema()
        components["securitySchemes"] = _security_schemes()
        _describe_edits(schema["paths"], components["schemas"])
        for path, method, call in _calls(schema["paths"]):
            if path.startswith("/api/"):
                _add_refusals(method, call)
            _leave_out_null(call)
            if call.get("security") != PUBLIC:
                call["security"] = _security(method)
        return schema


def _calls(paths: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in paths.items():
        for method, call in item.items():
            if method in METHODS:
                yield path, method, call


def _security_schemes() -> Json:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": "A program's token."},
        "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRFToken",
            "description": f"The value of the cookie `{settings.CSRF_COOKIE_NAME}`.",
        },
    }


def _security(method: str) -> list[Json]:
    """A program with its token, or a page with its session."""
    page: Json = {"session": []} if method in SAFE else {"session": [], "csrf": []}
    return [{"bearer": []}, page]


def _add_refusals(method: str, call: Json) -> None:
    """Those that follow from the shape of a call; others it declares itself."""
    places = {parameter["in"] for parameter in call.get("parameters", ())}
    statuses = {400: True, 401: True, 403: method not in SAFE, 404: "path" in places}
    statuses |= {422: bool(places & {"query", "header"})}
    if "requestBody" in call:
        statuses |= {413: True, 415: True, 422: True}
    for status, can_be in statuses.items():
        if can_be:
            call["responses"].setdefault(status, {})
    for status, answer in call["responses"].items():
        if status >= HTTPStatus.BAD_REQUEST:
            described = {"description": PHRASES.get(status) or HTTPStatus(status).phrase}
            call["responses"][status] = {"content": JSON_REFUSAL, **answer, **described}
    call["responses"] = {str(key): call["responses"][key] for key in sorted(call["responses"])}


def _leave_out_null(call: Json) -> None:
    """A body that may be missing is an object where it is there."""
    for content in call.get("requestBody", {}).get("content", {}).values():
        kinds = content["schema"].get("anyOf", [])
        if {"type": "null"} in kinds:
            content["schema"] = kinds[0]


def _describe_edits(paths: Json, schemas: Json) -> None:
    """An address for each edit, in place of that of them all."""
    path = next(path for path in paths if path.endswith(EDIT))
    generic = paths.pop(path)["post"]
    for operation in operations.edits():
        name = "".join(word.title() for word in operation.slug.split("_")) + "Request"
        schemas[name] = _edit_request(operation)
        call = copy.deepcopy(generic)
        call["operationId"] = f"edit_{operation.slug}"
        call["summary"] = str(operation.label)
        left_out = {"operation"} if operation.explain else {"operation", "plan"}
        call["parameters"] = [each for each in call["parameters"] if each["name"] not in left_out]
        content = {"schema": {"$ref": f"#/components/schemas/{name}"}}
        call["requestBody"] = {"required": True, "content": {"application/json": content}}
        call["responses"].setdefault(404, {})
        paths[path.replace("{operation}", operation.slug)] = {"post": call}
    schemas.pop(EditRequest.__name__)


def _edit_request(operation: Operation) -> Json:
    """Which video, and the operation's params."""
    envelope, params = EditRequest.model_json_schema(), json_schema(operation.form)
    return {
        **params,
        "description": EditRequest.__doc__,
        "properties": {**envelope["properties"], **params["properties"]},
        "required": [*envelope["required"], *params["required"]],
    }

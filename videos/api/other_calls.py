"""The calls that are no ninja's, described by hand: uploads, files, health."""

from __future__ import annotations

from typing import Any

from django.urls import get_script_prefix
from pydantic import TypeAdapter

from videos.api import tus, tus_headers
from videos.api.edits import IDEMPOTENCY_KEY
from videos.api.upload import UploadAccepted

Json = dict[str, Any]
Answers = dict[int, Any]

TEXT: Json = {"type": "string"}
ID: Json = {"type": "string", "format": "uuid"}
BYTES: Json = {"type": "integer", "minimum": 0}
PAGE = {"text/html": {"schema": TEXT}}
REFUSAL = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}

VERSION = {
    "in": "header",
    "name": "Tus-Resumable",
    "required": True,
    "schema": {"type": "string", "enum": [tus_headers.VERSION]},
}
CHECKSUM = "Of these bytes: the algorithm, a space, the digest in Base64."


def paths() -> Json:
    """Every address, with what may be done there."""
    root = get_script_prefix()
    return {
        f"{root}api/upload": {"post": _upload()},
        f"{root}api/uploads/": {"post": _tus_creation(), "options": _tus_capabilities()},
        f"{root}api/uploads/{{upload_id}}": {
            "head": _tus_head(),
            "patch": _tus_patch(),
            "delete": _tus_termination(),
        },
        f"{root}outputs/{{output_id}}/{{name}}": {"get": _file("output", "A result's file")},
        f"{root}sources/{{video_id}}/{{name}}": {"get": _file("source", "A video's original")},
        "/livez": {"get": _livez()},
        "/readyz": {"get": _readyz()},
    }


def _header(name: str, schema: Json, description: str, *, required: bool = False) -> Json:
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": description,
        "schema": schema,
    }


def _in_path(name: str, schema: Json) -> Json:
    return {"in": "path", "name": name, "required": True, "schema": schema}


def _refusals(*statuses: int) -> Answers:
    return {status: {"content": REFUSAL} for status in statuses}


def _upload() -> Json:
    form = {
        "type": "object",
        "properties": {"video": {"type": "string", "format": "binary"}},
        "required": ["video"],
    }
    accepted = {"application/json": {"schema": TypeAdapter(UploadAccepted).json_schema()}}
    return {
        "operationId": "upload",
        "summary": "Upload a video in one piece",
        "description": "The file is read afterwards. Large ones are better sent by tus.",
        "parameters": [IDEMPOTENCY_KEY],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
        "responses": {
            201: {"description": "The file is in the library.", "content": accepted},
            **_refusals(503, 507),
        },
    }


def _tus(name: str, summary: str, parameters: list[Json], responses: Answers) -> Json:
    return {
        "operationId": f"tus_{name}",
        "summary": summary,
        "description": "[tus 1.0.0](https://tus.io/protocols/resumable-upload)",
        "parameters": [VERSION, *parameters],
        "responses": {**responses, **_refusals(405, 412, 503)},
    }


def _tus_capabilities() -> Json:
    headers = ("Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm")
    return {
        "operationId": "tus_capabilities",
        "summary": "What this tus server can do",
        "responses": {
            204: {
                "description": "In headers.",
                "headers": {name: {"schema": TEXT} for name in headers},
            }
        },
    }


def _tus_creation() -> Json:
    location = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}
    call = _tus(
        "create",
        "Begin a resumable upload, perhaps with its first bytes",
        [
            _header("Upload-Length", BYTES, "Of the whole file; or `Upload-Defer-Length: 1`."),
            _header("Upload-Defer-Length", {"type": "string", "enum": ["1"]}, "It is said later."),
            _header("Upload-Metadata", TEXT, "tus' own form; `filename` is used."),
            _header("Upload-Checksum", TEXT, CHECKSUM),
        ],
        {
            201: {"description": "It exists.", "headers": {**_standing(), **location}},
            **_refusals(460, 507),
        },
    )
    return {**call, "requestBody": {**_chunk(), "required": False}}


def _tus_head() -> Json:
    headers = {**_standing(), "Upload-Length": {"schema": BYTES}}
    answer = {200: {"description": "Where it stands.", "headers": headers}}
    return _tus("head", "How far an upload is", [_in_path("upload_id", ID)], {**answer, **_gone()})


def _tus_patch() -> Json:
    call = _tus(
        "append",
        "Go on with an upload",
        [
            _in_path("upload_id", ID),
            _header("Upload-Offset", BYTES, "Where these bytes belong.", required=True),
            _header("Upload-Length", BYTES, "Where it was not said before."),
            _header("Upload-Checksum", TEXT, CHECKSUM),
        ],
        {
            204: {"description": "The bytes are on the disk.", "headers": _standing()},
            **_gone(),
            **_refusals(409, 460, 507),
        },
    )
    return {**call, "requestBody": _chunk()}


def _tus_termination() -> Json:
    answer = {204: {"description": "It is gone, and its video with it."}}
    return _tus("delete", "Give an upload up", [_in_path("upload_id", ID)], {**answer, **_gone()})


def _gone() -> Answers:
    """It has expired, or another request is writing."""
    return _refusals(410, 423)


def _standing() -> Json:
    return {
        "Upload-Offset": {"schema": BYTES},
        "Video-Id": {"schema": ID},
        "Upload-Expires": {"schema": TEXT},
    }


def _chunk() -> Json:
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"required": True, "content": {tus.CONTENT_TYPE: binary}}


def _file(what: str, summary: str) -> Json:
    key = "output_id" if what == "output" else "video_id"
    flags = [
        {"in": "query", "name": name, "schema": TEXT, "required": False, "description": meaning}
        for name, meaning in (("inline", "Shown, not saved."), ("download", "Saved, not shown."))
    ]
    binary = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "operationId": f"download_{what}",
        "summary": summary,
        "description": "One range at a time; validators as in RFC 9110.",
        "parameters": [
            _in_path(key, ID),
            _in_path("name", TEXT),
            *(flags if what == "output" else flags[1:]),
            _header("Range", TEXT, "Such as `bytes=0-1023`."),
            _header("If-None-Match", TEXT, "The `ETag` that is known."),
            _header("If-Range", TEXT, "The `ETag` to which the range belongs."),
        ],
        "responses": {
            "200": {"description": "The file.", "content": binary},
            "206": {"description": "The range.", "content": binary},
            "302": {"description": "A link into the bucket, good for ten minutes."},
            "304": {"description": "It is as it was."},
            "400": {"description": "The request could not be read.", "content": PAGE},
            "401": {"description": "The token is wrong.", "content": REFUSAL},
            "404": {"description": "Nothing there, or not yours.", "content": PAGE},
            "412": {"description": "It is not as it was."},
            "416": {"description": "The range lies outside the file."},
            "503": {"description": "The bucket does not answer.", "content": PAGE},
        },
    }


def _livez() -> Json:
    status = {"type": "object", "required": ["status"], "properties": {"status": TEXT}}
    answer = {"application/json": {"schema": status}}
    return {
        "operationId": "livez",
        "summary": "Whether this process answers",
        "security": [],
        "responses": {"200": {"description": "It does.", "content": answer}},
    }


def _readyz() -> Json:
    state = {"type": "string", "enum": ["ok", "failing"]}
    check = {
        "type": "object",
        "required": ["name", "status", "sentence"],
        "properties": {"name": TEXT, "status": state, "sentence": TEXT},
    }
    checks = {"type": "array", "items": check}
    schema = {
        "type": "object",
        "required": ["status", "checks"],
        "properties": {"status": state, "checks": checks},
    }
    answer = {"application/json": {"schema": schema}}
    return {
        "operationId": "readyz",
        "summary": "Whether work can be done here",
        "security": [],
        "responses": {
            "200": {"description": "All it takes is there.", "content": answer},
            "503": {"description": "Something is missing; the checks say what.", "content": answer},
        },
    }

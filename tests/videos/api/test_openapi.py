"""What `openapi.json` says: bodies, answers and refusals of every call, and who may ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from ninja.responses import NinjaJSONEncoder

from tests import factories
from tests.schemas import fits
from videos.api.router import api
from videos.http.error_responses import ErrorAnswer
from videos.models import Video
from videos.operations import registry as operations
from videos.operations.forms import json_schema
from vrewcraft.accounts.models import User

Json = dict[str, Any]

WITHOUT_BODY = {
    "/api/outputs/{output_id}/restore",
    "/api/subtitles/{file_id}/restore",
    "/api/tasks/{task_id}/{verb}",
    "/api/videos/{video_id}/restore",
}


@pytest.fixture(scope="module")
def described() -> Json:
    """What is served at /api/openapi.json, made once for all tests."""
    text = json.dumps(api.get_openapi_schema(path_prefix="/api/"), cls=NinjaJSONEncoder)
    found: Json = json.loads(text)
    return found


def test_it_is_served(client: Client, described: Json) -> None:
    assert client.get("/api/openapi.json").json() == described


def calls(described: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in described["paths"].items():
        for method, call in item.items():
            yield path, method, call


def test_every_call_that_takes_a_body_says_which(described: Json) -> None:
    silent = {
        path
        for path, method, call in calls(described)
        if method in {"post", "patch"} and "requestBody" not in call
    }
    assert silent == WITHOUT_BODY


def test_every_call_says_what_it_answers_and_refuses(described: Json) -> None:
    for path, method, call in calls(described):
        statuses = set(call["responses"])
        assert any(status < "400" for status in statuses), path
        if path.startswith("/api/"):
            assert statuses >= {"400", "401"}, path
            assert method in {"get", "head", "options"} or "403" in statuses, path
        for status, answer in call["responses"].items():
            assert status < "400" or "content" in answer or status in {"412", "416"}, path


def test_a_program_and_a_page_may_ask(described: Json) -> None:
    assert described["components"]["securitySchemes"].keys() == {"bearer", "session", "csrf"}
    for path, method, call in calls(described):
        if path in {"/livez", "/readyz"}:
            assert call["security"] == []
            continue
        assert {"bearer": []} in call["security"]
        page = next(each for each in call["security"] if "session" in each)
        assert ("csrf" in page) == (method not in {"get", "head", "options"})


@pytest.mark.parametrize("slug", [operation.slug for operation in operations.edits()])
def test_every_edit_has_a_path_with_its_params(described: Json, slug: str) -> None:
    call = described["paths"][f"/api/edit/{slug}"]["post"]
    name = call["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    schema = described["components"]["schemas"][name]
    params = json_schema(operations.get(slug).form)
    assert schema["properties"].items() >= params["properties"].items()
    assert schema["required"] == ["videoId", *params["required"]]
    assert schema["additionalProperties"] is False
    assert "Idempotency-Key" in {parameter["name"] for parameter in call["parameters"]}


def test_no_request_may_have_fields_that_are_not_named(described: Json) -> None:
    schemas = described["components"]["schemas"]
    for path, _method, call in calls(described):
        content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
        for kind in content.get("schema", {}).get("anyOf", [content.get("schema", {})]):
            if "$ref" in kind:
                name = kind["$ref"].rpartition("/")[2]
                assert schemas[name]["additionalProperties"] is False, path


def test_every_reference_leads_somewhere(described: Json) -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert set(references(described)) <= known


def test_refusals_are_what_their_schema_says(client: Client, owner: User) -> None:
    video: Video = factories.ready(owner)
    wrong = {"videoId": str(video.pk), "startTime": "1", "width": 5}
    answers = [
        client.get("/api/videos/x"),
        client.get("/api/upload"),
        client.get("/api/videos?offset=x"),
        client.post("/api/edit/trim", wrong, content_type="application/json"),
        client.post("/api/edit/trim", "{", content_type="application/json"),
        client.post("/api/upload"),
        Client(headers={"authorization": "Bearer wrong"}).get("/api/videos"),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 422, 422, 400, 422, 401]
    assert all(fits(answer.json(), ErrorAnswer) for answer in answers)

"""Checks requests and answers against the description of the REST interface."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator

from fakegithub.http import ROUTES, Route, pattern_of

_FILE = Path(__file__).parents[2] / "data" / "github" / "openapi-subset.json"
# Where GitHub itself sends null although the description does not say so: lines of outdated threads.
_NULLS = {"line", "position", "original_line"}
_COMMENTS = ("pull-request-review-comment", "review-comment")


@cache
def _description() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    components = whole["components"]["schemas"]
    for name in _COMMENTS:
        for field in _NULLS:
            components[name]["properties"][field]["nullable"] = True
    return whole


def _resolved(schema: Any) -> Any:
    """Put the nullable types of OpenAPI 3.0 as JSON Schema does; references stay."""
    if isinstance(schema, list):
        return [_resolved(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _resolved(value) for key, value in schema.items() if key not in {"nullable", "discriminator"}}
    if schema.get("nullable"):
        return {"anyOf": [{"type": "null"}, result]}
    return result


@cache
def _definitions() -> dict[str, Any]:
    return {"schemas": {name: _resolved(one) for name, one in _description()["components"]["schemas"].items()}}


def _validator(schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**_resolved(schema), "components": _definitions()})


def _strict(schema: Any) -> Any:
    """Allow no other keys than those that are named."""
    if isinstance(schema, dict):
        result = {key: _strict(value) for key, value in schema.items()}
        if "properties" in result and "additionalProperties" not in result:
            result["additionalProperties"] = False
        return result
    return [_strict(item) for item in schema] if isinstance(schema, list) else schema


def operation(template: str, method: str) -> dict[str, Any] | None:
    """Give what is said of a method of a path; None where the description lacks it."""
    found = _description()["paths"].get(template, {}).get(method.lower())
    return found if isinstance(found, dict) else None


@cache
def _request_validator(template: str, method: str) -> Draft202012Validator | None:
    body = (operation(template, method) or {}).get("requestBody")
    if body is None:
        return None
    return _validator(_strict(copy.deepcopy(body["content"]["application/json"]["schema"])))


def request_errors(route: Route, body: Any) -> list[str]:
    """Say what is wrong with the body of a request."""
    validator = _request_validator(route.template, route.method)
    if validator is None:
        return [] if body is None else ["a body where none is expected"]
    if body is None:
        wanted = operation(route.template, route.method) or {}
        return ["no body"] if wanted["requestBody"].get("required") else []
    if isinstance(body, dict) and "in_reply_to" in body:
        # All other keys are ignored then.
        body = {"commit_id": "", "path": "", **body}
    return [_said(error) for error in validator.iter_errors(body)]


@cache
def _answer_validator(template: str, method: str, status: int) -> Draft202012Validator | None:
    responses = (operation(template, method) or {}).get("responses", {})
    response = responses.get(str(status))
    if response is None:
        return _validator({"$ref": "#/components/schemas/basic-error"}) if status >= 400 else None
    if "$ref" in response:
        response = _description()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content = response.get("content", {}).get("application/json")
    return None if content is None else _validator(content["schema"])


def answer_errors(method: str, path: str, status: int, answer: Any) -> list[str]:
    """Say what is wrong with an answer to a request of a path without its query."""
    template = next(
        (name for name in _description()["paths"] if pattern_of(name).fullmatch(path) and operation(name, method)), ""
    )
    if not template:
        played = any(one.method == method and one.pattern.fullmatch(path) for one in ROUTES)
        return [] if played or status == 404 else ["unknown path"]
    responses = (operation(template, method) or {})["responses"]
    if str(status) not in responses and status < 400:
        return [f"status {status} is not foreseen"]
    validator = _answer_validator(template, method, status)
    if validator is None:
        return [] if answer in (None, "") else ["an answer where none is expected"]
    return [_said(error) for error in validator.iter_errors(answer)]


def exchange_errors(method: str, path: str, status: int, answer: Any) -> list[str]:
    """Say what is wrong with an answer of the journal; GraphQL and text are none of ours."""
    below = urlsplit(path).path
    if below == "/graphql" or status == 0 or (status < 400 and isinstance(answer, str)):
        return []
    return [f"{method} {below} {status}: {error}" for error in answer_errors(method, below, status, answer)]


def _said(error: Any) -> str:
    return f"{'/'.join(map(str, error.absolute_path)) or 'the body'}: {error.message[:300]}"


def declared(method: str, template: str) -> set[str]:
    """Give the paths of everything that an answer may have by the description."""
    whole = _description()
    found: set[str] = set()

    def look(schema: dict[str, Any], path: str, seen: tuple[str, ...]) -> None:
        found.add(path)
        name = schema.get("$ref")
        if name is not None:
            if name not in seen:
                look(whole["components"]["schemas"][name.rpartition("/")[2]], path, (*seen, name))
            return
        for word in ("oneOf", "anyOf", "allOf"):
            for part in schema.get(word, ()):
                look(part, path, seen)
        for key, part in schema.get("properties", {}).items():
            look(part, f"{path}.{key}", seen)
        if "items" in schema:
            look(schema["items"], f"{path}[]", seen)

    for status, response in (operation(template, method) or {}).get("responses", {}).items():
        content = response.get("content", {}).get("application/json")
        if status.startswith("2") and content:
            look(content["schema"], "", ())
    return found

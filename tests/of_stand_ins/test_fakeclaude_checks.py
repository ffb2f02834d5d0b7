"""The fake refuses what the real one refuses, in the same words."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import anthropic
import pytest
from fakeclaude import FakeClaude
from fakeclaude.stage import blocks, client, create, echo, plain

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeClaude]:
    with FakeClaude(echo) as fake:
        yield fake


@pytest.fixture
def claude(fake: FakeClaude) -> Iterator[anthropic.Anthropic]:
    with client(fake) as claude:
        yield claude


def refusal(fake: FakeClaude, **more: Any) -> anthropic.APIStatusError:
    with client(fake) as claude, pytest.raises(anthropic.APIStatusError) as refused:
        plain(claude, **more)
    error = refused.value
    assert error.request_id == f"req_{len(fake.journal):06}"
    assert error.body == {
        "type": "error",
        "error": {"type": error.type, "message": error.api_message},
        "request_id": error.request_id,
    }
    assert fake.journal[-1].error == f"{error.type}: {error.api_message}"
    assert fake.journal[-1].usage is None
    return error


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"authorization": "Bearer sk-ant-other"}, "Invalid bearer token"),
        ({"authorization": "", "x-api-key": "sk-ant-other"}, "invalid x-api-key"),
    ],
)
def test_keys_that_are_wrong(fake: FakeClaude, headers: dict[str, str], message: str) -> None:
    error = refusal(fake, extra_headers=headers)
    assert (type(error), error.type) == (anthropic.AuthenticationError, "authentication_error")
    assert error.api_message == message


def test_headers_that_are_right(fake: FakeClaude, claude: anthropic.Anthropic) -> None:
    assert create(claude).stop_reason == "end_turn"
    assert create(claude, extra_headers={"authorization": "", "x-api-key": fake.key}).stop_reason == "end_turn"
    assert refusal(fake, extra_headers={"anthropic-version": ""}).api_message == "anthropic-version: header is required"


@pytest.mark.parametrize("model", ["claude-opus-9", "claude-3-opus-20240229", "gpt-4"])
@pytest.mark.filterwarnings("ignore:The model 'claude-3-opus:DeprecationWarning")
def test_models_that_are_not_there(fake: FakeClaude, claude: anthropic.Anthropic, model: str) -> None:
    error = refusal(fake, model=model)
    assert (type(error), error.type, error.api_message) == (
        anthropic.NotFoundError,
        "not_found_error",
        f"model: {model}",
    )
    with pytest.raises(anthropic.NotFoundError):
        claude.models.retrieve(model)


def test_paths_that_are_not_there(claude: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError):
        claude.get("/v1/nothing", cast_to=object)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"extra_body": {"temperature": 0.2}}, "`temperature` is deprecated for this model."),
        ({"extra_body": {"top_p": 0.2}}, "`top_p` is deprecated for this model."),
        ({"extra_body": {"seed": 1}}, "seed: Extra inputs are not permitted"),
        ({"max_tokens": 128_001}, "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens"),
        ({"max_tokens": 64_001, "model": "claude-haiku-4-5"}, "max_tokens: 64001 > 64000, which is the maximum"),
        ({"max_tokens": 0}, "max_tokens: Input should be greater than or equal to 1"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": [{"role": "assistant", "content": "{"}]}, "does not support assistant message prefill"),
        ({"messages": [{"role": "user", "content": blocks(" ")}]}, "messages: text content blocks must be non-empty"),
        ({"messages": [{"role": "user", "content": ""}]}, "user messages must have non-empty content"),
        ({"system": blocks("a", "", cached=1)}, "system.1: cache_control cannot be set for empty text blocks"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, '"thinking.type.enabled" is not supported for this'),
        ({"thinking": {"type": "adaptive"}, "model": "claude-haiku-4-5"}, '"thinking.type.adaptive" is not supported'),
        ({"thinking": {"type": "disabled"}, "model": "claude-opus-5-5"}, '"thinking.type.disabled" is not supported'),
        ({"thinking": {"type": "disabled"}, "output_config": {"effort": "max"}}, "at the effort level 'max'"),
        ({"thinking": {"type": "maybe"}}, "does not match any of the expected tags"),
        ({"thinking": {"type": "enabled", "budget_tokens": 5}, "model": "claude-haiku-4-5"}, "or equal to 1024"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}, "model": "claude-haiku-4-5"}, "must be greater than"),
        ({"output_config": {"effort": "high"}, "model": "claude-haiku-4-5"}, "does not support the effort parameter"),
        ({"output_config": {"effort": "xhigh"}, "model": "claude-opus-4-6"}, "does not support effort level 'xhigh'"),
        ({"output_config": {"effort": "huge"}}, "does not support effort level 'huge'"),
        ({"output_config": {"shape": "x"}}, "output_config.shape: Extra inputs are not permitted"),
        ({"output_config": {"format": {"type": "json"}}}, "output_config.format.type: Input should be 'json_schema'"),
    ],
)  # fmt: skip
def test_requests_that_are_wrong(fake: FakeClaude, more: dict[str, Any], message: str) -> None:
    error = refusal(fake, **more)
    assert (error.status_code, error.type) == (400, "invalid_request_error")
    assert message in str(error.api_message)


def marked(number: int, ttl: str | None = None) -> list[dict[str, Any]]:
    return [one for _ in range(number) for one in blocks("x", cached=0, ttl=ttl)]


def test_breakpoints(fake: FakeClaude, claude: anthropic.Anthropic) -> None:
    assert plain(claude, system=marked(3), messages=[{"role": "user", "content": marked(1)}]).content
    error = refusal(fake, system=marked(3), messages=[{"role": "user", "content": marked(2)}])
    assert error.api_message == "A maximum of 4 blocks with cache_control may be provided. Found 5."
    error = refusal(fake, system=marked(4), cache_control={"type": "ephemeral"})
    assert error.api_message == "A maximum of 4 blocks with cache_control may be provided. Found 5."
    assert plain(claude, system=[*marked(1, "1h"), *marked(1, "5m")]).content
    error = refusal(fake, system=[*marked(1, "5m"), *marked(1, "1h")])
    assert "must not come after a ttl='5m'" in str(error.api_message)
    assert "ttl: Input should be" in str(refusal(fake, system=marked(1, "2h")).api_message)
    assert "type: Input should be 'ephemeral'" in str(refusal(fake, cache_control={"type": "forever"}).api_message)


def test_prompts_that_are_too_long() -> None:
    with FakeClaude(echo, context_window=1000) as fake, client(fake) as claude:
        assert plain(claude, messages=[{"role": "user", "content": "x" * 2800}]).content
        error = refusal(fake, messages=[{"role": "user", "content": "x" * 3504}])
        assert error.api_message == "prompt is too long: 1002 tokens > 1000 maximum"
    with FakeClaude(echo) as fake:
        error = refusal(fake, model="claude-haiku-4-5", messages=[{"role": "user", "content": "x" * 700_001}])
        assert error.api_message == "prompt is too long: 200001 tokens > 200000 maximum"


def test_requests_that_are_too_large(fake: FakeClaude) -> None:
    error = refusal(fake, messages=[{"role": "user", "content": "x" * (32 * 1024 * 1024)}])
    assert (type(error), error.type) == (anthropic.ContentTooLargeError, "request_too_large")


@pytest.mark.parametrize(
    ("body", "headers", "status", "message"),
    [
        (b"[]", {}, 400, "The request body is not valid JSON"),
        (b"{", {}, 400, "The request body is not valid JSON"),
        (b"{}", {}, 400, "model: Field required"),
        (b'{"model": "claude-opus-5"}', {}, 400, "messages: Field required"),
        (b'{"model": "claude-opus-5", "messages": []}', {}, 400, "max_tokens: Field required"),
        (b"{}", {"x-api-key": ""}, 401, "x-api-key header is required"),
        (b"{}", {"anthropic-version": ""}, 400, "anthropic-version: header is required"),
    ],
)
def test_requests_without_the_sdk(
    fake: FakeClaude, body: bytes, headers: dict[str, str], status: int, message: str
) -> None:
    headers = {"x-api-key": fake.key, "anthropic-version": "2023-06-01", **headers}
    asked = urllib.request.Request(f"{fake.url}/v1/messages", body, headers)  # noqa: S310 - it is http on this machine
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=10)  # noqa: S310 - the same
    with refused.value as answer:
        assert (answer.status, json.load(answer)["error"]["message"]) == (status, message)


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (obj(a={"type": "integer", "minimum": 1, "maximum": 5}), "For 'integer' type, properties maximum, minimum are"),
        (obj(a={"type": "number", "multipleOf": 2}), "For 'number' type, property 'multipleOf' is not supported"),
        (obj(a={"type": "string", "minLength": 1}), "For 'string' type, property 'minLength' is not supported"),
        (obj(a={"type": "array", "items": TEXT, "maxItems": 3}), "For 'array' type, property 'maxItems' is not"),
        (obj(a={"type": "array", "items": TEXT, "minItems": 2}), "'minItems' values other than 0 or 1 are not"),
        ({"type": "object", "properties": {}}, "'additionalProperties' must be explicitly set to false"),
        (obj(a={"type": "object", "properties": {}}), "'additionalProperties' must be explicitly set to false"),
        ({"type": "object", "additionalProperties": TEXT}, "Please set 'additionalProperties' to false"),
        (obj(a={"oneOf": [TEXT]}), "property 'oneOf' is not supported"),
        (obj(a={"anyOf": [TEXT, {"type": "string", "maxLength": 3}]}), "'maxLength' is not supported"),
        (obj(a={"type": "string", "format": "color"}), "format 'color' is not supported"),
        (obj(a={"type": "string", "pattern": "(?=x)"}), "this 'pattern' is not supported"),
        (obj(a={"enum": [{"x": 1}]}), "Complex types in 'enum' are not supported"),
        (obj(a={"type": "text"}), "Invalid type 'text'"),
        (obj(a={"description": "?"}), "Schema must have a 'type'"),
        (obj(a=True), "Schema type 'bool' is not supported"),
        ({}, "Input should be a valid dictionary"),
        (obj(a={"$ref": "#/$defs/B"}), "'$ref' to '#/$defs/B' cannot be resolved"),
        ({**obj(a={"$ref": "#/$defs/B"}), "$defs": {"B": obj(b={"$ref": "#/$defs/B"})}}, "Recursive schemas are not"),
        ({**obj(**{f"a{n}": TEXT for n in range(25)}), "required": []}, "too many optional parameters (25)"),
        (obj(**{f"a{n}": {"anyOf": [TEXT, {"type": "null"}]} for n in range(17)}), "(17 parameters with"),
    ],
)  # fmt: skip
def test_schemas_that_are_not_supported(
    fake: FakeClaude, claude: anthropic.Anthropic, schema: dict[str, Any], message: str
) -> None:
    wanted: Any = {"format": {"type": "json_schema", "schema": schema}}
    error = refusal(fake, output_config=wanted)
    assert (error.status_code, error.type) == (400, "invalid_request_error")
    assert message in str(error.api_message)
    with pytest.raises(anthropic.BadRequestError):
        claude.messages.count_tokens(
            model="claude-opus-5", messages=[{"role": "user", "content": "x"}], output_config=wanted
        )


def test_a_schema_that_uses_all_there_is(claude: anthropic.Anthropic) -> None:
    schema = {
        **obj(
            system={"type": "array", "items": TEXT, "minItems": 0, "title": "S"},
            user={"type": "array", "items": {"$ref": "#/$defs/Text"}, "description": "d"},
        ),
        "$defs": {
            "Text": {"type": ["string", "null"], "default": None},
            "Kind": {"enum": ["a", 1, None]},
            "Both": {"allOf": [{"$ref": "#/$defs/Text"}, {"type": "string", "format": "uuid", "pattern": "^a+$"}]},
            "One": {"const": 1},
        },
    }
    assert plain(claude, output_config={"format": {"type": "json_schema", "schema": schema}}).stop_reason == "end_turn"

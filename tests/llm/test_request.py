"""The request as it goes over the wire: what each kind of model is asked, and nothing it does not take."""

from __future__ import annotations

import json
from typing import Any

import httpcore2_mock  # noqa: F401 - importing it lets respx see the SDK
import pytest
import respx
from judging import AGENT, assignment, bundle, two_files

from reviewbot.core.errors import ModelError
from reviewbot.llm.calls import Call
from reviewbot.llm.claude import Claude
from reviewbot.llm.models import choose
from reviewbot.llm.prompt.prompts import Prompts
from reviewbot.llm.replies import ReviewReply

URL = "https://api.anthropic.com"
EVENTS: list[dict[str, Any]] = [
    {
        "type": "message_start",
        "message": {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 5, "output_tokens": 1, "cache_read_input_tokens": 7},
        },
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": '{"items": []}'}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
    {"type": "message_stop"},
]
STREAM = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS)
# What structured outputs do not take, and what the models do not take any more.
REFUSED = {"minLength", "maxLength", "minimum", "maximum", "pattern", "default", "minItems", "maxItems"}


def call(model: str, **more: Any) -> Call:
    changes = two_files()
    prompts = Prompts(changes, AGENT, assignment(changes))
    prompt = prompts.review(prompts.files(bundle(*changes.files)))
    return Call("a call", choose(model)[0], prompt, ReviewReply, **more)


def sent(call: Call, base_url: str | None = None) -> tuple[dict[str, Any], Any]:
    """Give the request's body and the request."""
    with respx.mock(using="httpcore2") as mock:
        route = mock.post(f"{base_url or URL}/v1/messages").respond(
            200, headers={"content-type": "text/event-stream"}, content=STREAM.encode()
        )
        began = []
        answer = Claude("sk-ant-test", base_url).ask(call, lambda: began.append(True))
        assert (answer.text, answer.stop, began) == ('{"items": []}', "end_turn", [True])
        assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.cache_read_tokens) == (5, 9, 7)
        request = route.calls.last.request
        body: dict[str, Any] = json.loads(request.content)
        return body, request


def keywords(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        return set(schema) | {name for value in schema.values() for name in keywords(value)}
    return {name for value in schema for name in keywords(value)} if isinstance(schema, list) else set()


def test_the_request() -> None:
    asked = call("sonnet")
    body, request = sent(asked)
    assert body["model"] == "claude-sonnet-5-5"
    assert body["max_tokens"] == 32_000
    assert body["stream"] is True
    assert [block["text"] for block in body["system"]] == list(asked.prompt.system)
    assert ["cache_control" in block for block in body["system"]] == [False, True]
    (message,) = body["messages"]
    assert message["role"] == "user"
    assert [block["text"] for block in message["content"]] == list(asked.prompt.user)
    assert ["cache_control" in block for block in message["content"]] == [True, True, False]
    assert body["system"][1]["cache_control"] == {"type": "ephemeral"}
    assert not {"temperature", "top_p", "top_k", "tools", "tool_choice", "betas"} & set(body)
    assert "sk-ant-test" not in json.dumps(body)
    assert request.headers["authorization"] == "Bearer sk-ant-test" or request.headers["x-api-key"] == "sk-ant-test"


def test_the_schema_is_one_that_structured_outputs_take() -> None:
    wanted = sent(call("sonnet"))[0]["output_config"]["format"]
    assert wanted["type"] == "json_schema"
    assert not REFUSED & keywords(wanted["schema"])

    def closed(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "object":
                assert part["additionalProperties"] is False
                assert set(part["required"]) == set(part["properties"])
            for value in part.values():
                closed(value)
        elif isinstance(part, list):
            for value in part:
                closed(value)

    closed(wanted["schema"])


@pytest.mark.parametrize(
    ("model", "more", "thinking", "effort", "most"),
    [
        ("claude-opus-5-5", {}, {"type": "adaptive"}, None, 32_000),
        ("claude-opus-5-5", {"effort": "high"}, {"type": "adaptive"}, "high", 32_000),
        ("claude-opus-5-5", {"thinking": False}, None, None, 32_000),
        ("claude-haiku-4-5", {"effort": "low"}, {"type": "enabled", "budget_tokens": 8_000}, None, 32_000),
        ("claude-haiku-4-5", {"thinking": False}, None, None, 32_000),
        ("claude-saga-9", {"effort": "low"}, None, None, 32_000),
    ],
)
def test_thinking_and_effort_are_what_the_model_takes(
    model: str, more: dict[str, Any], thinking: Any, effort: str | None, most: int
) -> None:
    body, _ = sent(call(model, **more))
    assert (body.get("thinking"), body["output_config"].get("effort"), body["max_tokens"]) == (thinking, effort, most)


def test_another_address() -> None:
    _, request = sent(call("sonnet"), "https://gateway.example.org/claude")
    assert str(request.url) == "https://gateway.example.org/claude/v1/messages"


def test_the_count_asks_for_the_same_prompt_and_for_no_answer() -> None:
    asked = call("sonnet", effort="low")
    with respx.mock(using="httpcore2") as mock:
        route = mock.post(f"{URL}/v1/messages/count_tokens").respond(200, json={"input_tokens": 1234})
        assert Claude("sk-ant-test").count(asked) == 1234
        counted = json.loads(route.calls.last.request.content)
        route.respond(401, json={"type": "error", "error": {"type": "authentication_error", "message": "no such key"}})
        with pytest.raises(ModelError, match="tokens could not be counted: no such key"):
            Claude("sk-ant-test").count(asked)
    body, _ = sent(asked)
    del body["max_tokens"], body["stream"]
    assert counted == body


def test_the_key_is_in_no_words() -> None:
    assert "sk-ant" not in repr(Claude("sk-ant-test"))

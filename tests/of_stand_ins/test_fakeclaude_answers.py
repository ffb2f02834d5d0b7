"""The real SDK reads what the fake says, in one piece and as events."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Any, get_args

import pytest
from anthropic import Anthropic, transform_schema
from anthropic.resources.messages import DEPRECATED_MODELS
from anthropic.types import ErrorResponse, Message, Model, ModelInfo, RawMessageStreamEvent
from fakeclaude import Ask, FakeClaude, Say
from fakeclaude.fake import KEY
from fakeclaude.models import MODELS
from fakeclaude.prompt import tokens
from fakeclaude.refusals import RefusedError
from fakeclaude.stage import MODEL, NOTE, Note, blocks, client, create, note, parse, plain, request, stream, text_of
from pydantic import BaseModel, TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def fake() -> Iterator[FakeClaude]:
    with FakeClaude(note) as fake:
        yield fake


@pytest.fixture
def claude(fake: FakeClaude) -> Iterator[Anthropic]:
    with client(fake) as claude:
        yield claude


@pytest.mark.parametrize("ask", [stream, parse])
def test_both_ways_give_the_shape(claude: Anthropic, ask: Callable[..., Any]) -> None:
    message = ask(claude)
    assert message.parsed_output == NOTE
    assert (message.stop_reason, message.stop_details, message.model, message.role) == (
        "end_turn",
        None,
        MODEL,
        "assistant",
    )
    assert message.usage.input_tokens == tokens("Well?") + tokens(transformed())
    assert message.usage.output_tokens == tokens(NOTE.model_dump_json()) + tokens("Let me see. " * 10) + 1
    assert message.usage.output_tokens_details.thinking_tokens == tokens("Let me see. " * 10)
    assert (message.usage.cache_creation_input_tokens, message.usage.cache_read_input_tokens) == (0, 0)
    assert message.usage.cache_creation.ephemeral_5m_input_tokens == 0
    assert message.usage.service_tier == "standard"


def transformed() -> str:
    return json.dumps(transform_schema(Note), sort_keys=True)


def test_events_come_in_the_order_of_the_real_ones(claude: Anthropic) -> None:
    kinds: list[str] = []
    with claude.messages.stream(**request(thinking={"type": "adaptive", "display": "summarized"})) as events:
        for event in events:
            if not kinds or kinds[-1] != event.type:
                kinds.append(event.type)
    expected = ["message_start", "content_block_start"]
    expected += ["content_block_delta", "thinking"] * 5 + ["content_block_delta", "signature", "content_block_stop"]
    assert kinds[: len(expected)] == expected
    assert kinds[len(expected)] == "content_block_start"
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]


def check_shape(kind: Any, value: Any) -> None:
    """Hold a value to a type of the SDK, which itself takes anything, and to have nothing besides."""

    def check_fields(found: Any) -> None:
        if isinstance(found, BaseModel):
            assert not found.model_extra, type(found)
        for inner in vars(found).values() if isinstance(found, BaseModel) else found if isinstance(found, list) else ():
            check_fields(inner)

    check_fields(TypeAdapter(kind).validate_python(value))


def bare(fake: FakeClaude, path: str, **more: Any) -> bytes:
    data = json.dumps(request(**more)).encode() if more else None
    headers = {"x-api-key": fake.key, "anthropic-version": "2023-06-01"}
    asked = urllib.request.Request(f"{fake.url}{path}", data, headers)  # noqa: S310 - it is http on this machine
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - the same
        found: bytes = answer.read()
        return found


@pytest.mark.parametrize("model", ["claude-opus-5", "claude-haiku-4-5"])
def test_everything_has_the_shape_of_the_types(fake: FakeClaude, model: str) -> None:
    thinking = {"type": "enabled", "budget_tokens": 1024} if "haiku" in model else {"type": "adaptive"}
    more = {"model": model, "thinking": thinking, "system": blocks("x" * 7000, cached=0)}
    check_shape(Message, json.loads(bare(fake, "/v1/messages", **more)))
    lines = bare(fake, "/v1/messages", stream=True, **more).decode().splitlines()
    sent = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert [line.removeprefix("event: ") for line in lines if line.startswith("event: ")] == [
        one["type"] for one in sent
    ]
    assert {"type": "ping"} in sent
    for one in sent:
        if one["type"] != "ping":
            check_shape(RawMessageStreamEvent, one)
    check_shape(ModelInfo, json.loads(bare(fake, f"/v1/models/{model}")))
    for refusal in (RefusedError(status, "x") for status in (400, 401, 403, 404, 429, 500, 504, 529)):
        check_shape(ErrorResponse, refusal.body("req_1"))


@pytest.mark.parametrize(
    ("model", "thinking", "shown"),
    [
        ("claude-opus-5", None, ""),
        ("claude-opus-5", {"type": "adaptive", "display": "summarized"}, "Let me see. " * 10),
        ("claude-opus-5", {"type": "disabled"}, None),
        ("claude-opus-4-8", None, None),
        ("claude-opus-4-8", {"type": "adaptive"}, "Let me see. " * 10),
        ("claude-haiku-4-5", {"type": "enabled", "budget_tokens": 1024}, "Let me see. " * 10),
    ],
)
def test_thoughts_are_there_if_the_model_thinks(
    claude: Anthropic, model: str, thinking: dict[str, Any] | None, shown: str | None
) -> None:
    more = {} if thinking is None else {"thinking": thinking}
    for ask in (stream, parse):
        message = ask(claude, model=model, **more)
        assert [block.thinking for block in message.content if block.type == "thinking"] == (
            [] if shown is None else [shown]
        )
        assert all(block.signature for block in message.content if block.type == "thinking")
        assert message.parsed_output == NOTE


def test_a_script_sees_the_request() -> None:
    seen: list[Ask] = []

    def script(ask: Ask) -> Say:
        seen.append(ask)
        return note(ask)

    with FakeClaude(script) as fake, client(fake) as claude:
        stream(
            claude,
            system=[{"type": "text", "text": "one"}, {"type": "text", "text": "two"}],
            messages=[
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b"},
                {"role": "user", "content": [{"type": "text", "text": "c"}, {"type": "text", "text": "d"}]},
            ],
            output_config={"effort": "high"},
            thinking={"type": "adaptive"},
        )
        parse(claude)
    first, second = seen
    assert (first.system, first.user, first.text) == (("one", "two"), ("a", "c", "d"), "onetwoacd")
    assert (first.model, first.effort, first.thinking) == (MODEL, "high", {"type": "adaptive"})
    assert (first.max_tokens, first.stream, second.stream) == (2000, True, False)
    assert first.schema == transform_schema(Note)
    assert first.schema_name == second.schema_name
    assert first.schema_name.startswith("Note-")


@pytest.mark.parametrize("ask", [plain, create])
def test_reasons_to_stop(ask: Callable[..., Any]) -> None:
    details = {"category": "cyber", "explanation": "No."}
    says = [
        Say("I can", stop_reason="refusal", stop_details=details),
        Say(None, stop_reason="refusal"),
        Say('{"text": "cut', stop_reason="max_tokens"),
        Say("x", stop_reason="model_context_window_exceeded"),
        Say("x", stop_reason="pause_turn"),
    ]
    with FakeClaude(lambda ask: says[ask.number - 1]) as fake, client(fake) as claude:
        found = [ask(claude) for _ in says]
    assert [one.stop_reason for one in found] == [one.stop_reason for one in says]
    assert [text_of(one) for one in found] == ["I can", "", '{"text": "cut', "x", "x"]
    assert (found[0].stop_details.category, found[0].stop_details.explanation) == ("cyber", "No.")
    assert (found[1].stop_details.type, found[1].stop_details.category, found[1].content) == ("refusal", None, [])
    assert found[2].stop_details is None


def test_limits_end_an_answer() -> None:
    with FakeClaude(lambda _: Say("word " * 700)) as fake, client(fake) as claude:
        message = plain(claude, max_tokens=100)
        assert (message.stop_reason, tokens(text_of(message))) == ("max_tokens", 100)
    with FakeClaude(lambda _: Say("word " * 700), context_window=152) as fake, client(fake) as claude:
        message = plain(claude, max_tokens=1000)
        assert message.stop_reason == "model_context_window_exceeded"
        assert tokens(text_of(message)) == 150


def test_an_answer_takes_its_time() -> None:
    with FakeClaude(lambda _: Say("x" * 100, delay=0.1, spread=0.1)) as fake, client(fake) as claude:
        for ask in (plain, create):
            began = time.monotonic()
            ask(claude)
            assert 0.2 <= time.monotonic() - began < 2
        for one in fake.journal:
            assert one.answered is not None
            assert one.ended is not None
            assert 0.1 <= one.answered - one.began < one.ended - one.began


def test_the_end_does_not_wait_for_a_slow_answer() -> None:
    began = time.monotonic()
    with FakeClaude(lambda _: Say("x", delay=60)) as fake, client(fake) as claude:

        def ask() -> None:
            with suppress(Exception):  # whether the answer came to its end before the server did is a matter of chance
                plain(claude)

        thread = threading.Thread(target=ask)
        thread.start()
        while not fake.journal:
            time.sleep(0.01)
        fake.close()
        thread.join(5)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("say", "match"),
    [
        (Say("nonsense"), "the text is not JSON"),
        (Say('{"text": 5, "stars": 3}'), "does not fit the schema: 5 is not of type 'string' at "),
        (Say.json({"text": "x"}), "'stars' is a required property"),
        (Say(None), "the text is not JSON"),
    ],
)
def test_a_script_cannot_say_what_no_model_would(say: Say, match: str) -> None:
    def wrong() -> None:
        with FakeClaude(lambda _: say) as fake, client(fake) as claude:
            # Nobody tries such a request again.
            with pytest.raises(Exception, match="the script of the fake is wrong") as refused:
                parse(claude)
            assert getattr(refused.value, "status_code", None) == 400

    with pytest.raises(AssertionError, match=match):
        wrong()


def test_a_script_that_fails_is_heard() -> None:
    def broken(_: Ask) -> Say:
        raise KeyError("oh")

    def wrong() -> None:
        with FakeClaude(broken) as fake, client(fake) as claude, pytest.raises(Exception, match="KeyError"):
            plain(claude)

    with pytest.raises(AssertionError, match="KeyError"):
        wrong()


def test_tokens_are_counted_as_they_are_charged(claude: Anthropic) -> None:
    more: dict[str, Any] = {
        "system": "s" * 70,
        "output_config": {"format": {"type": "json_schema", "schema": transform_schema(Note)}},
    }
    counted = claude.messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": "u" * 35}], **more)
    assert counted.input_tokens == 20 + 10 + tokens(transformed())
    assert (
        plain(claude, messages=[{"role": "user", "content": "u" * 35}], **more).usage.input_tokens
        == counted.input_tokens
    )


def test_models_are_those_the_sdk_knows(claude: Anthropic) -> None:
    known = set(get_args(get_args(Model)[0]))
    retired = {name for name in DEPRECATED_MODELS if "4-5" not in name}
    assert set(MODELS) == known - retired
    assert [model.id for model in claude.models.list()] == list(MODELS)
    haiku = claude.models.retrieve("claude-haiku-4-5")
    assert (haiku.max_input_tokens, haiku.max_tokens) == (200_000, 64_000)
    assert claude.models.retrieve(MODEL).max_tokens == 128_000


def test_the_journal(fake: FakeClaude, claude: Anthropic) -> None:
    parse(claude)
    stream(claude)
    claude.messages.count_tokens(model=MODEL, messages=[{"role": "user", "content": "u"}])
    with client(fake, "sk-ant-other") as other, pytest.raises(Exception, match="401"):
        parse(other)
    found = list(fake.journal)
    assert [(one.number, one.method, one.status) for one in found] == [
        (1, "POST", 200),
        (2, "POST", 200),
        (3, "POST", 200),
        (4, "POST", 401),
    ]
    assert found[0].body["messages"] == [{"role": "user", "content": "Well?"}]
    assert found[0].usage is not None
    assert found[0].usage["output_tokens"] > 0
    assert (found[0].stop_reason, found[3].error) == ("end_turn", "authentication_error: Invalid bearer token")
    assert found[0].headers["authorization"] == "(secret)"
    assert KEY not in str([one.as_json() for one in found])
    assert len(fake.journal.messages()) == 3
    assert fake.journal.at_once() == 1
    assert fake.journal.totals()["input_tokens"] == 2 * found[0].usage["input_tokens"]
    assert found[0].began <= (found[0].ended or 0) <= found[1].began

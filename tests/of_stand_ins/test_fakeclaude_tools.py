"""Conversations with tools: the real SDK calls, gives results back, and is refused what the real one refuses."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
import pytest
from fakeclaude import Ask, Call, FakeClaude, Fault, Say
from fakeclaude.prompt import tokens
from fakeclaude.stage import NOTE, Note, blocks, client, create, formatted, plain, request, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from anthropic import Anthropic

    Asking = Callable[..., Any]

WAYS = [plain, create]
READ: dict[str, Any] = {
    "name": "read_file",
    "description": "Read lines of a file.",
    "input_schema": {
        "type": "object",
        "properties": {"path": {"type": "string"}, "start": {"type": "integer"}},
        "required": ["path"],
    },
}
LIST = {"name": "list_files", "input_schema": {"type": "object"}}
TOOLS = [READ, LIST]
SHOWN = {"type": "adaptive", "display": "summarized"}
WELL = {"role": "user", "content": "Well?"}
LOOK = Say(
    "I look.", thinking=("Hm. " * 20,), calls=(Call("read_file", {"path": "a.py", "start": 3}), Call("list_files"))
)


def said(*says: Say) -> Callable[[Ask], Say]:
    """Give a script that says one thing after the other, however often it is asked in between."""
    return lambda ask: says[ask.turns]


def result(called: str, /, content: Any = "done", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": called, "content": content, **more}


def called(name: str, tool: str = "list_files", **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": name, "name": tool, "input": given}


def assistant(*content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(content)}


def user(*content: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(content)}


def calls_of(message: Any) -> list[Any]:
    return [block for block in message.content if block.type == "tool_use"]


@pytest.mark.parametrize("ask", WAYS)
def test_a_conversation(ask: Asking) -> None:
    asked: list[Ask] = []
    script = said(LOOK, Say.call("read_file", path="gone.py"), Say(NOTE.model_dump_json()))

    def listening(one: Ask) -> Say:
        asked.append(one)
        return script(one)

    more = {"tools": TOOLS, "thinking": SHOWN, "output_config": formatted(Note)}
    messages: list[Any] = [WELL]
    with FakeClaude(listening) as fake, client(fake) as claude:
        first = ask(claude, messages=messages, **more)
        assert [block.type for block in first.content] == ["thinking", "text", "tool_use", "tool_use"]
        read, listed = calls_of(first)
        assert (first.stop_reason, text_of(first)) == ("tool_use", "I look.")
        assert (read.name, read.input) == ("read_file", {"path": "a.py", "start": 3})
        assert (listed.name, listed.input) == ("list_files", {})
        assert read.id != listed.id
        spoken = json.dumps(read.input), "{}", "I look.", "Hm. " * 20
        assert first.usage.output_tokens == sum(tokens(text) for text in spoken) + 1
        results = [result(read.id, blocks("3: x", "\n4: y")), result(listed.id, "a.py"), *blocks("Go on.")]
        messages += [{"role": "assistant", "content": first.content}, user(*results)]
        second = ask(claude, messages=messages, **more)
        (again,) = calls_of(second)
        messages += [{"role": "assistant", "content": second.content}]
        messages += [user(result(again.id, "no such file", is_error=True))]
        third = ask(claude, messages=messages, **more)
    assert (third.stop_reason, Note.model_validate_json(text_of(third))) == ("end_turn", NOTE)
    assert [one.turns for one in asked] == [0, 1, 2]
    assert [[(r.name, r.input, r.text, r.is_error) for r in one.results] for one in asked] == [
        [],
        [("read_file", {"path": "a.py", "start": 3}, "3: x\n4: y", False), ("list_files", {}, "a.py", False)],
        [("read_file", {"path": "gone.py"}, "no such file", True)],
    ]
    assert (asked[0].tools, asked[0].tool_choice["type"]) == (("read_file", "list_files"), "auto")
    assert [one.calls for one in fake.journal] == [("read_file", "list_files"), ("read_file",), ()]


def test_inputs_come_in_pieces() -> None:
    script = said(Say(None, calls=(Call("read_file", {"path": "a/" * 40}), Call("list_files"))))
    with FakeClaude(script) as fake, client(fake) as claude:
        found: dict[int, list[str]] = {}
        raw: Any = claude.messages.create(**request(tools=TOOLS, stream=True))
        for event in raw:
            if event.type == "content_block_start":
                assert event.content_block.input == {}
            if event.type == "content_block_delta":
                found.setdefault(event.index, []).append(event.delta.partial_json)
    assert found[0][0] == ""
    assert len(found[0]) > 3
    assert json.loads("".join(found[0])) == {"path": "a/" * 40}
    # A tool that needs nothing gets no JSON at all.
    assert found[1] == [""]


@pytest.mark.parametrize("ask", WAYS)
def test_a_call_that_the_limit_ends_looks_whole_to_the_sdk(ask: Asking) -> None:
    long = Call("read_file", {"path": "a.py", "start": 5, "more": "x" * 400})
    with FakeClaude(said(Say("I look.", calls=(Call("list_files"), long)))) as fake, client(fake) as claude:
        message = ask(claude, tools=TOOLS, max_tokens=30)
        assert message.stop_reason == "max_tokens"
        assert [block.input for block in calls_of(message)] == [{}, {"path": "a.py", "start": 5}]
        few = ask(claude, tools=TOOLS, max_tokens=1)
        assert (few.stop_reason, text_of(few), calls_of(few)) == ("max_tokens", "I l", [])


def wrong(script: Say, **more: Any) -> str:
    fake = FakeClaude(lambda _: script)
    with client(fake) as claude, pytest.raises(anthropic.BadRequestError, match="the script of the fake is wrong"):
        create(claude, **{"tools": TOOLS, **more})
    fake.close()
    return fake.mistakes[0]


@pytest.mark.parametrize(
    ("say", "choice", "match"),
    [
        (Say.call("list_files"), {"type": "none"}, "it calls a tool, and tool_choice is none"),
        (Say("no"), {"type": "any"}, "it calls no tool, and tool_choice is any"),
        (Say("no"), {"type": "tool", "name": "read_file"}, "it calls no tool, and tool_choice is tool"),
        (Say.call("list_files"), {"type": "tool", "name": "read_file"}, "tool_choice is 'read_file'"),
        (LOOK, {"type": "auto", "disable_parallel_tool_use": True}, "calls several tools at once"),
        (Say.call("read_files"), {"type": "auto"}, "there is no tool 'read_files', only read_file, list_files"),
        (Say.call("read_file", path=3), {"type": "auto"}, "3 is not of type 'string' at $.path"),
        (Say.call("read_file"), {"type": "auto"}, "'path' is a required property"),
    ],
)
def test_calls_that_no_model_would_make(say: Say, choice: dict[str, Any], match: str) -> None:
    assert match in wrong(say, tool_choice=choice)
    unchecked = Say(say.text, calls=say.calls, checked=False)
    with FakeClaude(lambda _: unchecked) as fake, client(fake) as claude:
        message = create(claude, tools=TOOLS, tool_choice=choice)
    assert [call.name for call in calls_of(message)] == [call.name for call in say.calls]


def test_calls_without_tools() -> None:
    assert "there is no tool 'list_files', only none at all" in wrong(Say.call("list_files"), tools=[])


def refused(**more: Any) -> str:
    with FakeClaude(lambda _: Say("yes")) as fake, client(fake) as claude:
        with pytest.raises(anthropic.BadRequestError) as failed:
            create(claude, **more)
        assert failed.value.type == "invalid_request_error"
        assert fake.journal[-1].usage is None
        counted: dict[str, Any] = {"model": "claude-opus-5", "messages": [WELL], **more}
        with pytest.raises(anthropic.BadRequestError):
            claude.messages.count_tokens(**counted)
    return str(failed.value.api_message)


def tool(name: Any = "look", **more: Any) -> dict[str, Any]:
    return {"name": name, "input_schema": {"type": "object", "properties": {}}, **more}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"tools": {}}, "tools: Input should be a valid list"),
        ({"tools": [tool("a b")]}, "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
        ({"tools": [tool("")]}, "tools.0.custom.name: String should match pattern"),
        ({"tools": [tool("a\n")]}, "tools.0.custom.name: String should match pattern"),
        ({"tools": [tool("x" * 129)]}, "tools.0.custom.name: String should have at most 128 characters"),
        ({"tools": [tool(5)]}, "tools.0.custom.name: Input should be a valid string"),
        ({"tools": [tool(), tool()]}, "tools: Tool names must be unique."),
        ({"tools": [{"name": "look"}]}, "tools.0.custom.input_schema: Field required"),
        ({"tools": [{"input_schema": {"type": "object"}}]}, "tools.0.custom.name: Field required"),
        ({"tools": [tool(), tool("b", parameters={})]}, "tools.1.custom.parameters: Extra inputs are not permitted"),
        ({"tools": [tool(type="spoon")]}, "tools.0: Input tag 'spoon' found"),
        ({"tools": [tool(description=["no"])]}, "tools.0.custom.description: Input should be a valid string"),
        ({"tools": [tool(input_schema={})]}, "tools.0.custom.input_schema.type: Field required"),
        ({"tools": [tool(input_schema={"type": "array"})]}, "0.custom.input_schema.type: Input should be 'object'"),
        ({"tools": [tool(input_schema={"type": "object", "anyOf": []})]}, "does not support oneOf, allOf, or anyOf at"),
        ({"tools": [tool(input_schema={"type": "object", "required": 5})]}, "input_schema: JSON schema is invalid."),
        ({"tools": [tool(strict=True)]}, "tools.0.custom.input_schema: For 'object' type, 'additionalProperties'"),
        ({"tools": [tool(cache_control={"type": "ever"})]}, "cache_control.type: Input should be 'ephemeral'"),
        ({"tool_choice": {"type": "auto"}}, "tool_choice may only be specified while providing tools"),
        ({"tools": TOOLS, "tool_choice": {"type": "some"}}, "tool_choice: Input tag does not match any of"),
        ({"tools": TOOLS, "tool_choice": {"type": "tool"}}, "tool_choice.tool.name: Field required"),
        ({"tools": TOOLS, "tool_choice": {"type": "tool", "name": "x"}}, "Tool 'x' not found in provided tools"),
        ({"tools": TOOLS, "tool_choice": {"type": "auto", "name": "x"}}, "tool_choice.auto.name: Extra inputs are not"),
    ],
)  # fmt: skip
def test_tools_that_are_refused(more: dict[str, Any], message: str) -> None:
    assert message in refused(**more)


def test_tools_that_are_taken() -> None:
    schema = {**READ["input_schema"], "additionalProperties": False}
    strict = {"name": "x" * 128, "strict": True, "input_schema": schema, "cache_control": {"type": "ephemeral"}}
    with FakeClaude(lambda _: Say("yes")) as fake, client(fake) as claude:
        for choice in ({"type": "auto"}, {"type": "none"}, {"type": "auto", "disable_parallel_tool_use": False}):
            assert create(claude, tools=[*TOOLS, strict], tool_choice=choice).stop_reason == "end_turn"
        assert create(claude, tool_choice={"type": "none"}).stop_reason == "end_turn"


def test_thoughts_and_forced_calls() -> None:
    with FakeClaude(lambda _: Say.call("list_files")) as fake, client(fake) as claude:
        more: dict[str, Any] = {"tools": TOOLS, "tool_choice": {"type": "any"}}
        assert create(claude, **more, thinking={"type": "adaptive"}).stop_reason == "tool_use"
    manual: dict[str, Any] = {"model": "claude-haiku-4-5", "thinking": {"type": "enabled", "budget_tokens": 1024}}
    assert refused(**more, **manual) == "Thinking may not be enabled when tool_choice forces tool use."


A, B = called("a"), called("b", "read_file", path="x")


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([WELL, assistant(A), user(result("c"))],
         "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: c. Each `tool_result` block"),
        ([user(result("a"))], "messages.0.content.0: unexpected `tool_use_id` found"),
        ([WELL, assistant(A), user(result("a")), assistant(*blocks("x")), user(result("a"))],
         "messages.4.content.0: unexpected `tool_use_id` found"),
        ([WELL, assistant(A, B), user(result("a"))],
         "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: b. Each `tool_use`"),
        ([WELL, assistant(A, B), user(*blocks("?"))], "without `tool_result` blocks immediately after: a, b. Each"),
        ([WELL, assistant(A, B), user(result("a"), *blocks("?"), result("b"))], "immediately after: b. Each"),
        ([WELL, assistant(A), user(*blocks("?")), user(result("a"))], "immediately after: a. Each"),
        ([WELL, assistant(A), user(result("a"), result("a"))],
         "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id:"),
        ([WELL, assistant(A, A), user(result("a"))], "messages.1.content.1: `tool_use` ids must be unique"),
        ([WELL, assistant(A), user(result("a")), assistant(A), user(result("a"))], "3.content.0: `tool_use` ids must"),
        ([user(A)], "messages.0: `tool_use` blocks can only be in `assistant` messages"),
        ([WELL, assistant(result("a")), WELL], "messages.1: `tool_result` blocks can only be in `user` messages"),
        ([WELL, assistant({"type": "tool_use", "id": "a", "name": "x"}), WELL], "0.tool_use.input: Field required"),
        ([WELL, assistant({**A, "input": "{}"}), WELL], "0.tool_use.input: Input should be a valid dictionary"),
        ([WELL, assistant({**A, "id": "a:1"}), WELL], "0.tool_use.id: String should match pattern"),
        ([WELL, assistant({**A, "name": ""}), WELL], "0.tool_use.name: String should match pattern"),
        ([WELL, assistant({**A, "partial": 1}), WELL], "0.tool_use.partial: Extra inputs are not permitted"),
        ([WELL, assistant({**blocks("x")[0], "parsed_output": 1}), WELL], "0.text.parsed_output: Extra inputs are not"),
        ([WELL, assistant(A), user({"type": "tool_result"})], "0.tool_result.tool_use_id: Field required"),
        ([WELL, assistant(A), user(result("a", 5))], "0.tool_result.content: Input should be a valid list"),
        ([WELL, assistant(A), user(result("a", blocks(" ")))], "messages: text content blocks must be non-empty"),
        ([WELL, assistant(A), user(result("a", "", is_error=True))], "content cannot be empty if `is_error` is true"),
        ([WELL, assistant(A), user(result("a", is_error="yes"))], "is_error: Input should be a valid boolean"),
        ([WELL, assistant(A), user(result("a", name="x"))], "0.tool_result.name: Extra inputs are not permitted"),
        ([WELL, assistant(A)], "The conversation must end with a user message."),
    ],
)  # fmt: skip
def test_conversations_that_are_refused(messages: list[Any], message: str) -> None:
    assert message in refused(messages=messages, tools=TOOLS)


@pytest.mark.parametrize(
    "messages",
    [
        [WELL, assistant(A, B), user(result("b", ""), result("a"), *blocks("Go on."))],
        [WELL, WELL, assistant(*blocks("x")), assistant(A, B), user(result("a")), user(result("b")), WELL],
        [WELL, assistant(A), user({"type": "tool_result", "tool_use_id": "a"})],
    ],
)
def test_conversations_that_are_taken(messages: list[Any]) -> None:
    with FakeClaude(lambda ask: Say(str(ask.turns))) as fake, client(fake) as claude:
        assert text_of(create(claude, messages=messages, tools=TOOLS)) == "1"


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize("thinking", [SHOWN, {"type": "adaptive"}])
def test_thoughts_come_back_as_they_went(ask: Asking, thinking: dict[str, Any]) -> None:
    more: dict[str, Any] = {"tools": TOOLS, "thinking": thinking}
    with FakeClaude(said(LOOK, Say("yes"))) as fake, client(fake) as claude:
        first = ask(claude, **more)
        thought, *rest = [block.to_dict() for block in first.content]
        assert thought["thinking"] == ("Hm. " * 20 if thinking is SHOWN else "")
        results = user(*(result(call.id) for call in calls_of(first)))
        assert ask(claude, **more, messages=[WELL, assistant(thought, *rest), results]).stop_reason == "end_turn"
        # A model that decides by itself whether to think may not have thought.
        assert ask(claude, **more, messages=[WELL, assistant(*rest), results]).stop_reason == "end_turn"
    signature = thought["signature"]
    other = "A" + signature[1:] if signature[0] != "A" else "B" + signature[1:]
    for changed, match in (
        ({**thought, "signature": other}, "messages.1.content.0: Invalid `signature` in `thinking` block"),
        ({**thought, "signature": "?"}, "messages.1.content.0: Invalid `signature` in `thinking` block"),
        (
            {**thought, "thinking": "Ha."},
            "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest",
        ),
        ({**thought, "text": "Ha."}, "0.thinking.text: Extra inputs are not permitted"),
        ({"type": "thinking", "thinking": ""}, "0.thinking.signature: Field required"),
    ):
        assert match in refused(**more, messages=[WELL, assistant(changed, *rest), results])
    last = [WELL, assistant(*rest[:1], thought), WELL]
    assert refused(messages=last) == "messages.1: The final block in an assistant message cannot be `thinking`."
    assert "can only be in `assistant` messages" in refused(messages=[user(thought, *blocks("x"))])


def test_who_was_told_to_think_has_thought() -> None:
    more: dict[str, Any] = {
        "model": "claude-haiku-4-5",
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "tools": TOOLS,
    }
    match = "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`."
    assert match in refused(**more, messages=[WELL, assistant(A), user(result("a"))])


# The prompt cache of a conversation that grows.

STABLE = "stable " * 1000  # 2,000 tokens


def grown(claude: Anthropic, ask: Asking, rounds: Sequence[dict[str, Any]]) -> list[tuple[int, int, int]]:
    """Hold a conversation, its last block always marked; give what each round wrote, read, and neither."""
    messages: list[Any] = [WELL]
    found = []
    for more in rounds:
        message = ask(
            claude, system=blocks(STABLE, cached=0), cache_control={"type": "ephemeral"}, messages=messages, **more
        )
        usage = message.usage
        found.append((usage.cache_creation_input_tokens, usage.cache_read_input_tokens, usage.input_tokens))
        results = [result(call.id, "y" * 350) for call in calls_of(message)]
        messages += [{"role": "assistant", "content": message.content}, user(*results)]
    return found


@pytest.mark.parametrize("ask", WAYS)
def test_a_conversation_is_cached_as_it_grows(ask: Asking) -> None:
    more = {"tools": TOOLS, "thinking": SHOWN}
    with FakeClaude(lambda _: LOOK) as fake, client(fake) as claude:
        found = grown(claude, ask, [more] * 4)
        assert found[0][1] == 0
        for (written, read, _), (_, again, rest) in pairwise(found):
            assert again == written + read
            assert rest == 0
        assert found[1][0] < 500
        tools = {**more, "tools": [LIST, READ]}
        assert create(claude, **tools, system=blocks(STABLE, cached=0)).usage.cache_read_input_tokens == 0


def test_what_changes_what_is_cached() -> None:
    more = {"tools": [READ, {**LIST, "cache_control": {"type": "ephemeral"}}]}
    tools = tokens(json.dumps(READ, sort_keys=True)) + tokens(json.dumps(LIST, sort_keys=True))
    with (
        FakeClaude(lambda ask: Say("x") if ask.tool_choice["type"] == "none" else LOOK) as fake,
        client(fake) as claude,
    ):
        fake.cache.minimum = 10
        found = grown(claude, create, [more, more, {**more, "tool_choice": {"type": "none"}}])
        # Tools and system stay, the messages are written anew.
        assert found[2][1] == tools + 2000
        auto = {**more, "tool_choice": {"type": "auto"}}
        assert grown(claude, create, [auto])[0][0] == 0
        assert grown(claude, create, [{"tools": [LIST, READ]}])[0][1] == 0
        assert (
            grown(claude, create, [{**more, "output_config": formatted(Note), "tool_choice": {"type": "any"}}])[0][1]
            == 0
        )


def test_many_calls_at_once_need_more_breakpoints() -> None:
    # A breakpoint finds only what was cached up to 20 blocks before it.
    many = Say(None, calls=tuple(Call("read_file", {"path": f"{number}.py"}) for number in range(15)))
    with FakeClaude(lambda _: many) as fake, client(fake) as claude:
        (_, _, _), (written, read, _) = grown(claude, create, [{"tools": TOOLS}] * 2)
        assert read < 2100
        assert written > 500


def test_a_marker_inside_a_result() -> None:
    messages = [WELL, assistant(A), user(result("a", blocks("y" * 7000, cached=0)))]
    with FakeClaude(lambda _: Say("yes")) as fake, client(fake) as claude:
        assert create(claude, messages=messages, tools=TOOLS).usage.cache_creation_input_tokens > 2000
        assert create(claude, messages=messages, tools=TOOLS).usage.cache_read_input_tokens > 2000
        same = [*messages[:2], user(result("a", blocks("y" * 7000), cache_control={"type": "ephemeral"}))]
        assert create(claude, messages=same, tools=TOOLS).usage.cache_creation_input_tokens == 0


# What goes wrong in the middle of it.

SECOND: dict[str, Any] = {"messages": [WELL, assistant(A), user(result("a"))], "tools": TOOLS}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("429", at=2, retry_after=3), anthropic.RateLimitError),
        (Fault("529", at=2), anthropic.OverloadedError),
        (Fault("reset-before", at=2), anthropic.APIConnectionError),
        (Fault("reset-mid", at=2), httpx2.ReadError),
        (Fault("close-mid", at=2), httpx2.RemoteProtocolError),
        (Fault("error-event", at=2), anthropic.APIStatusError),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_faults_in_the_middle_of_a_conversation(fault: Fault, error: type[Exception]) -> None:
    with FakeClaude(said(LOOK, LOOK)) as fake, client(fake) as claude:
        fake.faults.add(fault)
        assert plain(claude, tools=TOOLS).stop_reason == "tool_use"
        with pytest.raises(error):
            plain(claude, **SECOND)
        assert len(calls_of(plain(claude, **SECOND))) == 2


def test_a_stream_that_ends_in_a_call_is_no_error() -> None:
    say = Say(None, calls=(Call("read_file", {"path": "a/" * 200, "start": 3}),))
    with FakeClaude(lambda _: say) as fake, client(fake) as claude:
        fake.faults.add(Fault("cut", at=1), Fault("cut", at=2, keep=-2))
        half = plain(claude, tools=TOOLS)
        assert (half.stop_reason, calls_of(half)[0].input) == (None, {})
        # All of the call is there, and still nothing says that it is all.
        almost = plain(claude, tools=TOOLS)
        assert (almost.stop_reason, calls_of(almost)[0].input) == (None, dict(say.calls[0].input))


def test_texts_instead_of_calls_and_huge_calls() -> None:
    with FakeClaude(lambda _: LOOK) as fake, client(fake) as claude:
        fake.faults.add(Fault("text", at=1, text="Sure!"), Fault("empty", at=2), Fault("huge", at=3, size=1_000_000))
        first, second, third = (plain(claude, tools=TOOLS) for _ in range(3))
    assert (first.stop_reason, text_of(first), calls_of(first)) == ("end_turn", "Sure!", [])
    assert (second.stop_reason, second.content) == ("end_turn", [])
    assert third.stop_reason == "tool_use"
    assert [call.input for call in calls_of(third)] == [{"path": "a.py" + "x" * 1_000_000, "start": 3}, {}]
    assert [one.calls for one in fake.journal] == [(), (), ("read_file", "list_files")]

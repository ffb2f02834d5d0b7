"""From what a script says to a message: checked, limited, counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema.exceptions import best_match
from pydantic_core import from_json

from fakeclaude.prompt import CHARACTERS_PER_TOKEN, tokens
from fakeclaude.schemas import validator
from fakeclaude.thoughts import thought

if TYPE_CHECKING:
    from fakeclaude.cache import Bill
    from fakeclaude.models import Model
    from fakeclaude.words import Ask, Say


class ScriptError(Exception):
    """A script says what no model would."""


@dataclass(frozen=True)
class Message:
    """A message before it is sent.

    Attributes:
        id: Of its own.
        model: That wrote it.
        content: Its blocks.
        stop_reason: Why it ends.
        stop_details: What goes with that, or None.
        bill: Of the prompt.
        output: How many tokens it has.
        thought: How many of them were thoughts.
        partial: JSON of the input of the last block, a call, as far as it came; None if it is whole.
    """

    id: str
    model: str
    content: list[dict[str, Any]]
    stop_reason: str
    stop_details: dict[str, Any] | None
    bill: Bill
    output: int
    thought: int
    partial: str | None = None

    def head(self) -> dict[str, Any]:
        """Give what is known when it begins."""
        usage = self.bill.usage(min(self.output, 1))
        details = {"cache_creation": self.bill.creation, "service_tier": "standard", "inference_geo": "global"}
        start = {"id": self.id, "type": "message", "role": "assistant", "model": self.model, "content": []}
        return {
            **start,
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "usage": {**usage, **details},
        }

    def usage(self) -> dict[str, Any]:
        """Give what is known of its cost when it ends."""
        return self.bill.usage(self.output, self.thought)

    def whole(self) -> dict[str, Any]:
        """Give all of it."""
        head = self.head()
        end = {"stop_reason": self.stop_reason, "stop_details": self.stop_details}
        return {**head, **end, "content": self.content, "usage": {**head["usage"], **self.usage()}}


def check_answer(ask: Ask, say: Say) -> None:
    """Hold a script to what constrained decoding would give, and to the tools it has.

    Raises:
        ScriptError: The text does not fit the schema, or a call the tools.
    """
    if not say.checked:
        return
    _check_calls(ask, say)
    if ask.schema is None or say.calls or say.stop_reason != "end_turn":
        return
    try:
        _hold(json.loads(say.text or ""), ask.schema)
    except ValueError as error:
        raise ScriptError(f"the text is not JSON: {error}") from error
    except jsonschema.ValidationError as error:
        raise ScriptError(f"the text does not fit the schema: {error.message} at {error.json_path}") from error


def _hold(value: Any, schema: Any) -> None:
    error = best_match(validator(schema).iter_errors(value))
    if error is not None:
        raise error


def _check_calls(ask: Ask, say: Say) -> None:
    choice = ask.tool_choice
    schemas = {tool["name"]: tool["input_schema"] for tool in ask.body.get("tools") or ()}
    if say.calls and choice["type"] == "none":
        raise ScriptError("it calls a tool, and tool_choice is none")
    if len(say.calls) > 1 and choice["disable_parallel_tool_use"]:
        raise ScriptError("it calls several tools at once, which tool_choice forbids")
    if not say.calls and choice["type"] in {"any", "tool"} and say.stop_reason == "end_turn":
        raise ScriptError(f"it calls no tool, and tool_choice is {choice['type']}")
    for call in say.calls:
        if call.name not in schemas:
            raise ScriptError(f"there is no tool {call.name!r}, only {', '.join(schemas) or 'none at all'}")
        if choice["type"] == "tool" and call.name != choice["name"]:
            raise ScriptError(f"it calls {call.name!r}, and tool_choice is {choice['name']!r}")
        try:
            _hold(call.input, schemas[call.name])
        except jsonschema.ValidationError as error:
            raise ScriptError(
                f"the input of {call.name!r} does not fit: {error.message} at {error.json_path}"
            ) from error


def message_of(ask: Ask, say: Say, model: Model, bill: Bill, context: int) -> Message:
    """Make the message, cut where the limit of the request or the context window ends it."""
    shown = _shows(ask, model)
    blocks = [thought(text, shown=shown) for text in say.thinking if _thinks(ask, model)]
    thoughts = sum(tokens(text) for text in say.thinking) if blocks else 0
    if say.text is not None and (say.text or not say.calls):
        blocks.append({"type": "text", "text": say.text})
    for number, call in enumerate(say.calls):
        name = f"toolu_{ask.number:06}_{number}"
        blocks.append({"type": "tool_use", "id": name, "name": call.name, "input": dict(call.input)})
    said = sum(tokens(_said(block)) for block in blocks if block["type"] != "thinking")
    room = context - bill.read - bill.rest - sum(bill.written.values())
    reason = "tool_use" if say.calls and say.stop_reason == "end_turn" else say.stop_reason
    partial = None
    if say.stop_reason == "end_turn" and say.checked and thoughts + said > min(ask.max_tokens, room):
        said = max(min(ask.max_tokens, room) - thoughts, 0)
        reason = "max_tokens" if ask.max_tokens <= room else "model_context_window_exceeded"
        blocks, partial = _cut(blocks, int(said * CHARACTERS_PER_TOKEN))
    details = None
    if say.stop_reason == "refusal":
        details = {"type": "refusal", "category": None, "explanation": None, **(say.stop_details or {})}
    name = model.snapshot or model.id
    output = thoughts + said + 1
    return Message(f"msg_{ask.number:06}", name, blocks, reason, details, bill, output, thoughts, partial)


def _said(block: dict[str, Any]) -> str:
    return json.dumps(block["input"]) if block["type"] == "tool_use" else str(block["text"])


def _cut(blocks: list[dict[str, Any]], characters: int) -> tuple[list[dict[str, Any]], str | None]:
    """Keep the thoughts and so many characters; of a call that ends early, the client sees what can be read of it."""
    kept: list[dict[str, Any]] = []
    for block in blocks:
        if block["type"] == "thinking":
            kept.append(block)
            continue
        whole = _said(block)
        part = whole[:characters]
        characters -= len(part)
        if part == whole:
            kept.append(block)
        elif block["type"] == "text":
            return kept + ([{**block, "text": part}] if part else []), None
        else:
            return ([*kept, {**block, "input": from_json(part, allow_partial=True)}], part) if part else (kept, None)
    return kept, None


def _thinks(ask: Ask, model: Model) -> bool:
    if ask.thinking is None:
        return model.thinks
    return bool(ask.thinking.get("type") != "disabled")


def _shows(ask: Ask, model: Model) -> bool:
    display = (ask.thinking or {}).get("display") or ("omitted" if model.thinks else "summarized")
    return bool(display == "summarized")

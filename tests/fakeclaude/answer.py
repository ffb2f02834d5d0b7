"""From what a script says to a message: checked, limited, counted."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jsonschema

from fakeclaude.prompt import CHARACTERS_PER_TOKEN, tokens

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
    """

    id: str
    model: str
    content: list[dict[str, Any]]
    stop_reason: str
    stop_details: dict[str, Any] | None
    bill: Bill
    output: int
    thought: int

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
    """Hold a script to what constrained decoding would give.

    Raises:
        ScriptError: The text does not fit the schema.
    """
    if ask.schema is None or not say.checked or say.stop_reason != "end_turn":
        return
    try:
        jsonschema.validate(json.loads(say.text or ""), ask.schema)
    except ValueError as error:
        raise ScriptError(f"the text is not JSON: {error}") from error
    except jsonschema.ValidationError as error:
        raise ScriptError(f"the text does not fit the schema: {error.message} at {error.json_path}") from error


def message_of(ask: Ask, say: Say, model: Model, bill: Bill, context: int) -> Message:
    """Make the message, cut where the limit of the request or the context window ends it."""
    blocks = [_thought(ask, model, text) for text in say.thinking if _thinks(ask, model)]
    thought = sum(tokens(text) for text in say.thinking) if blocks else 0
    said = tokens(say.text or "")
    room = context - bill.read - bill.rest - sum(bill.written.values())
    if say.stop_reason == "end_turn" and say.checked and thought + said > min(ask.max_tokens, room):
        said = max(min(ask.max_tokens, room) - thought, 0)
        reason = "max_tokens" if ask.max_tokens <= room else "model_context_window_exceeded"
        say = replace(say, text=(say.text or "")[: int(said * CHARACTERS_PER_TOKEN)] or None, stop_reason=reason)
    if say.text is not None:
        blocks.append({"type": "text", "text": say.text})
    details = None
    if say.stop_reason == "refusal":
        details = {"type": "refusal", "category": None, "explanation": None, **(say.stop_details or {})}
    name = model.snapshot or model.id
    return Message(f"msg_{ask.number:06}", name, blocks, say.stop_reason, details, bill, thought + said + 1, thought)


def _thinks(ask: Ask, model: Model) -> bool:
    if ask.thinking is None:
        return model.thinks
    return bool(ask.thinking.get("type") != "disabled")


def _thought(ask: Ask, model: Model, text: str) -> dict[str, Any]:
    display = (ask.thinking or {}).get("display") or ("omitted" if model.thinks else "summarized")
    return {"type": "thinking", "thinking": text if display == "summarized" else "", "signature": "c2lnbmVk"}

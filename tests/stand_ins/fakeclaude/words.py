"""What a script is asked, and what it says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeclaude.turns import turns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Script = Callable[["Ask"], "Say"]


@dataclass(frozen=True)
class Ask:
    """A request, as a script wants to see it.

    Attributes:
        number: Of the request in the journal.
        path: Which call it is, such as ``/v1/messages``.
        model: As the client wrote it.
        system: The texts of the system blocks.
        user: The texts of all blocks of all user messages.
        schema: JSON schema of ``output_config.format``, or None.
        effort: Of ``output_config``, or None.
        thinking: The configuration of thinking, or None.
        max_tokens: How long the answer may be.
        stream: Whether events are wanted.
        body: All of it.
    """

    number: int
    path: str
    model: str
    system: tuple[str, ...]
    user: tuple[str, ...]
    schema: Mapping[str, Any] | None
    effort: str | None
    thinking: Mapping[str, Any] | None
    max_tokens: int
    stream: bool
    body: Any = field(repr=False)

    @property
    def text(self) -> str:
        """The whole prompt: system blocks, then those of the user, with nothing in between."""
        return "".join((*self.system, *self.user))

    @property
    def question(self) -> str:
        """What was asked last in words: the text that ends a user's message, tools' results left out."""
        asked = ""
        for message in self.body.get("messages") or () if isinstance(self.body, dict) else ():
            content = message.get("content")
            blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
            words = [block.get("text", "") for block in blocks if block.get("type") == "text"]
            looked = any(block.get("type") == "tool_result" for block in blocks)
            if message.get("role") == "user" and words and not looked:
                asked = str(words[-1])
        return asked

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools, in order."""
        body = self.body if isinstance(self.body, dict) else {}
        return tuple(str(one.get("name")) for one in _list(body.get("tools")) if isinstance(one, dict))

    @property
    def tool_choice(self) -> dict[str, Any]:
        """The choice among the tools, with what is meant where nothing is said."""
        given = self.body.get("tool_choice") if isinstance(self.body, dict) else None
        choice = {"type": "auto", **given} if isinstance(given, dict) else {"type": "auto"}
        return choice if choice.get("disable_parallel_tool_use") else {**choice, "disable_parallel_tool_use": False}

    @property
    def turns(self) -> int:
        """How often the model has spoken in this conversation before."""
        return sum(turn.role == "assistant" for turn in turns_of(self.body))

    @property
    def results(self) -> tuple[Result, ...]:
        """What the last message gives back, in its order; nothing if the model was not waiting for results."""
        turns = turns_of(self.body)
        calls = {block.get("id"): block for turn in turns for _, block in turn.of("tool_use")}
        found = turns[-1].of("tool_result") if turns else []
        return tuple(_result(block, calls.get(block.get("tool_use_id"), {})) for _, block in found)

    @property
    def schema_name(self) -> str:
        """A name for the schema: its title and a digest of all of it; empty without one."""
        if self.schema is None:
            return ""
        digest = hashlib.sha256(json.dumps(self.schema, sort_keys=True).encode()).hexdigest()[:8]
        return f"{self.schema.get('title', 'schema')}-{digest}"


@dataclass(frozen=True)
class Call:
    """A call of a tool.

    Attributes:
        name: Of the tool.
        input: What it is given.
    """

    name: str
    input: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a call gave.

    Attributes:
        name: Of the tool.
        input: What it was given.
        text: What it gave: all its texts, with nothing in between.
        is_error: Whether the client calls that an error.
    """

    name: str
    input: Mapping[str, Any]
    text: str
    is_error: bool


@dataclass(frozen=True)
class Say:
    """The answer of a script.

    Attributes:
        text: Of the one text block, usually JSON; None for an answer without one. Before calls an empty one is none.
        stop_reason: Why the model stopped; ``end_turn`` with calls is ``tool_use``.
        stop_details: What goes with a refusal: ``category`` and ``explanation``.
        thinking: Texts of the thinking blocks that come first, if the request lets the model think.
        calls: Of tools, after the text.
        delay: Seconds until the answer begins (and the prompt is in the cache).
        spread: Seconds from its beginning to its end.
        checked: Whether a text that does not fit the request's schema is a mistake of the test, and a call that does
            not fit its tools and their choice. A text that ends early (any ``stop_reason`` but ``end_turn``), or that
            goes before calls, is never checked.
    """

    text: str | None = ""
    stop_reason: str = "end_turn"
    stop_details: Mapping[str, Any] | None = None
    thinking: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    delay: float = 0.0
    spread: float = 0.0
    checked: bool = True

    @staticmethod
    def json(value: object, **details: Any) -> Say:
        """Give an answer whose text is a value as JSON."""
        return Say(json.dumps(value), **details)

    @staticmethod
    def call(tool: str, /, **given: Any) -> Say:
        """Give an answer that is one call of a tool."""
        return Say(None, calls=(Call(tool, given),))


def ask_of(number: int, path: str, sent: Any) -> Ask:
    """Read a request, however malformed it is: what is wrong with it is told elsewhere."""
    body = sent if isinstance(sent, dict) else {}
    output = body.get("output_config")
    output = output if isinstance(output, dict) else {}
    wanted = output.get("format")
    schema = wanted.get("schema") if isinstance(wanted, dict) else None
    messages = [one for one in _list(body.get("messages")) if isinstance(one, dict)]
    thinking = body.get("thinking")
    limit = body.get("max_tokens")
    return Ask(
        number=number,
        path=path,
        model=str(body.get("model") or ""),
        system=texts(body.get("system")),
        user=tuple(text for one in messages if one.get("role") == "user" for text in texts(one.get("content"))),
        schema=schema if isinstance(schema, dict) else None,
        effort=output.get("effort"),
        thinking=thinking if isinstance(thinking, dict) else None,
        max_tokens=limit if isinstance(limit, int) else 0,
        stream=body.get("stream") is True,
        body=sent,
    )


def texts(content: Any) -> tuple[str, ...]:
    """Give the texts of a content: a string, or blocks; a block of another kind counts as its JSON."""
    if isinstance(content, str):
        return (content,)
    return tuple(text_of(block) for block in _list(content))


def text_of(block: Any) -> str:
    """Give the text of one block."""
    if isinstance(block, dict) and block.get("type") == "text":
        return str(block.get("text", ""))
    return json.dumps(block, sort_keys=True)


def _result(block: Mapping[str, Any], call: Mapping[str, Any]) -> Result:
    text = "".join(texts(block.get("content")))
    return Result(str(call.get("name", "")), call.get("input", {}), text, block.get("is_error") is True)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

"""A call to a model and its answer, whoever gives it: Claude, or a recording."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from reviewbot.core import forms
from reviewbot.core.errors import ModelError
from reviewbot.core.review import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewbot.llm.models import Model
    from reviewbot.llm.prompt.prompts import Prompt
    from reviewbot.llm.tools import Tool

Schema = TypeVar("Schema", bound=forms.BaseModel)

# What stands for the nonce where calls are compared: it is drawn anew for each run.
NONCE = "NONCE"


@dataclass(frozen=True)
class Turn:
    """What was answered in a conversation, and what was said to that.

    Attributes:
        answered: The blocks of the answer, as they came; they go back unchanged.
        follow_up: The blocks that follow: what the tools returned, or another question.
    """

    answered: tuple[Mapping[str, Any], ...]
    follow_up: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Call:
    """One question, or what a conversation goes on with.

    Attributes:
        name: For people: what is asked, about which files, in which turn.
        model: Who is asked.
        prompt: What the conversation begins with.
        schema: What the answer must be.
        effort: Effort level, or None for the model's own.
        thinking: Whether the model may think before it answers.
        tools: With what it may look before it answers.
        turns: What was said since.
        last: Whether no tool may be used any more.
    """

    name: str
    model: Model
    prompt: Prompt
    schema: type[forms.BaseModel]
    effort: str | None = None
    thinking: bool = True
    tools: tuple[Tool, ...] = ()
    turns: tuple[Turn, ...] = ()
    last: bool = False

    @property
    def content(self) -> tuple[str, ...]:
        """Everything that is said, the nonce left out: what makes two calls the same."""
        prompt = self.prompt
        since = [json.dumps([*turn.answered, *turn.follow_up], sort_keys=True) for turn in self.turns]
        blocks = (*prompt.system, *prompt.user, *since, "last" * self.last)
        tools = ",".join(tool.name for tool in self.tools)
        return (self.model.id, self.schema.__name__, tools, *(block.replace(prompt.nonce, NONCE) for block in blocks))


@dataclass(frozen=True)
class Use:
    """A tool that the model wants to use: the id of the wish, the tool's name, and what it is called with."""

    id: str
    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        text: The answer, JSON as the schema asks for; empty where the model wants to look first.
        stop: Why it ended, in the API's words; None where the stream was cut off.
        usage: Tokens, and one call.
        detail: What the API adds to a refusal, or empty.
        blocks: All of it, as it came; what a conversation goes on with.
    """

    text: str
    stop: str | None
    usage: Usage = field(default_factory=Usage)
    detail: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()

    @property
    def uses(self) -> tuple[Use, ...]:
        """The tools that the model wants to use; none where it has answered."""
        if self.stop != "tool_use":
            return ()
        blocks = [block for block in self.blocks if block.get("type") == "tool_use"]
        return tuple(
            Use(str(block.get("id")), str(block.get("name")), _mapping(block.get("input"))) for block in blocks
        )


class Asked(Protocol):
    """Who can be asked."""

    def ready(self) -> None:
        """Wait until a call can be sent at once."""

    def ask(self, call: Call, began: Callable[[], None]) -> Answer:
        """Give the answer to a call.

        Args:
            call: The question.
            began: To be called when the answer begins: from then on the prompt is in the cache.

        Raises:
            ModelError: There is no answer, however often it was tried.
        """


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def parse_answer(answer: Answer, schema: type[Schema]) -> Schema:
    """Read an answer; nothing that does not fit is repaired.

    Raises:
        ModelError: It is a refusal, or cut off, or not what the schema asks for.
    """
    if answer.stop == "refusal":
        raise ModelError(f"the model refused to answer{f' ({answer.detail})' if answer.detail else ''}")
    if answer.stop == "max_tokens":
        raise ModelError("the answer was cut off at the most tokens an answer may have")
    if answer.stop == "model_context_window_exceeded":
        raise ModelError("prompt and answer are longer than the model can take; lower max_bundle_tokens")
    if answer.stop is None:
        raise ModelError("the answer broke off in the middle")
    if answer.stop == "tool_use":
        raise ModelError("the model went on looking after it was told to answer")
    try:
        return schema.model_validate_json(answer.text)
    except forms.ValidationError as error:
        where, message = forms.first(error, "the answer")
        raise ModelError(f"the answer is not what was asked for: {where}: {message}") from error

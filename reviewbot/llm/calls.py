"""A call to a model and its answer, whoever gives it: Claude, or a recording."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from reviewbot.errors import ModelError
from reviewbot.review import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.models import Model
    from reviewbot.prompt import Prompt

Schema = TypeVar("Schema", bound=BaseModel)

# What stands for the nonce where calls are compared: it is drawn anew for each run.
NONCE = "NONCE"


@dataclass(frozen=True)
class Call:
    """One question.

    Attributes:
        name: For people: what is asked, about which files.
        model: Who is asked.
        prompt: What is said.
        schema: What the answer must be.
        effort: Effort level, or None for the model's own.
        thinking: Whether the model may think before it answers.
    """

    name: str
    model: Model
    prompt: Prompt
    schema: type[BaseModel]
    effort: str | None = None
    thinking: bool = True

    @property
    def content(self) -> tuple[str, ...]:
        """Everything that is said, the nonce left out: what makes two calls the same."""
        prompt = self.prompt
        blocks = (*prompt.system, *prompt.user)
        return (self.model.id, self.schema.__name__, *(block.replace(prompt.nonce, NONCE) for block in blocks))


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        text: The answer, JSON as the schema asks for.
        stop: Why it ended, in the API's words; None where the stream was cut off.
        usage: Tokens, and one call.
        detail: What the API adds to a refusal, or empty.
    """

    text: str
    stop: str | None
    usage: Usage = field(default_factory=Usage)
    detail: str = ""


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


def understood(answer: Answer, schema: type[Schema]) -> Schema:
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
    try:
        return schema.model_validate_json(answer.text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        raise ModelError(f"the answer is not what was asked for: {where}: {first['msg']}") from error

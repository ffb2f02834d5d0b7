"""What tests of the fake itself share: a shape, a client, and the two ways to ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from anthropic import Anthropic, transform_schema
from pydantic import BaseModel, Field

from fakeclaude.fake import KEY, FakeClaude
from fakeclaude.words import Ask, Say

if TYPE_CHECKING:
    from anthropic.types import ParsedMessage

MODEL = "claude-opus-5"


class Note(BaseModel):
    """A shape for structured outputs, with bounds that the SDK moves into descriptions."""

    text: str = Field(min_length=1)
    stars: int = Field(ge=1, le=5)


NOTE = Note(text="all is well " * 20, stars=4)


def note(_: Ask) -> Say:
    """Say it, after some thought."""
    return Say(NOTE.model_dump_json(), thinking=("Let me see. " * 10,))


def client(fake: FakeClaude, key: str = KEY, timeout: float = 20.0) -> Anthropic:
    """Give the real client, without its own retries; to be closed."""
    return Anthropic(base_url=fake.url, api_key=key, max_retries=0, timeout=timeout)


def request(text: str = "Well?", **more: Any) -> dict[str, Any]:
    """Give the arguments of a call."""
    return {"model": MODEL, "max_tokens": 2000, "messages": [{"role": "user", "content": text}], **more}


def stream(claude: Anthropic, **more: Any) -> ParsedMessage[Note]:
    """Ask for events, and for the shape."""
    with claude.messages.stream(output_format=Note, **request(**more)) as events:
        return events.get_final_message()


def parse(claude: Anthropic, **more: Any) -> ParsedMessage[Note]:
    """Ask for the whole answer, and for the shape."""
    return claude.messages.parse(output_format=Note, **request(**more))


def plain(claude: Anthropic, **more: Any) -> Any:
    """Ask for events, and leave the text as it is."""
    with claude.messages.stream(**request(**more)) as events:
        return events.get_final_message()


def create(claude: Anthropic, **more: Any) -> Any:
    """Ask for the whole answer, and leave the text as it is."""
    return claude.messages.create(**request(**more))


def formatted(shape: type[BaseModel], **more: Any) -> dict[str, Any]:
    """Give an ``output_config`` for a shape."""
    return {**more, "format": {"type": "json_schema", "schema": transform_schema(shape)}}


def text_of(message: Any) -> str:
    """Give the text of a message."""
    return "".join(block.text for block in message.content if block.type == "text")


def blocks(*texts: str, cached: int | None = None, ttl: str | None = None) -> list[dict[str, Any]]:
    """Give text blocks, one of them with a breakpoint."""
    found: list[dict[str, Any]] = [{"type": "text", "text": text} for text in texts]
    if cached is not None:
        found[cached]["cache_control"] = {"type": "ephemeral"} | ({} if ttl is None else {"ttl": ttl})
    return found


def echo(ask: Ask) -> Say:
    """Say what was asked."""
    return Say(json.dumps({"system": ask.system, "user": ask.user}))

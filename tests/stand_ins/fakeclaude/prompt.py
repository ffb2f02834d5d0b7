"""A prompt as the cache sees it: blocks in a row, each with the key of everything up to it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from fakeclaude.words import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeclaude.words import Ask

CHARACTERS_PER_TOKEN = 3.5


@dataclass(frozen=True)
class Block:
    """A piece of a prompt.

    Attributes:
        part: ``tools``, ``system`` or the role of a message.
        text: Its text.
        ttl: How long everything up to it is to be cached, or None.
    """

    part: str
    text: str
    ttl: str | None


@dataclass(frozen=True)
class Prompt:
    """All blocks of a request.

    Attributes:
        blocks: In the order in which the model reads them: tools, system, messages.
        keys: For each block, what stands for everything up to and with it: also the model and the schema, and
            from the first message on the thinking and the choice among the tools.
        sizes: For each block, how many tokens everything up to it has; the schema is one of the first things read.
        total: Tokens of all of it.
    """

    blocks: tuple[Block, ...]
    keys: tuple[str, ...]
    sizes: tuple[int, ...]
    total: int

    @property
    def breakpoints(self) -> list[int]:
        """Where a client asked for caching."""
        return [number for number, block in enumerate(self.blocks) if block.ttl is not None]

    def characters(self, end: int) -> int:
        """Give the length of the texts of the first blocks, without tools."""
        return sum(len(block.text) for block in self.blocks[:end] if block.part != "tools")


def tokens(text: str) -> int:
    """Estimate the tokens of a text, by a rule of our own."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def prompt_of(ask: Ask) -> Prompt:
    """Give the prompt of a request."""
    blocks = tuple(_blocks(ask.body))
    schema = "" if ask.schema is None else json.dumps(ask.schema, sort_keys=True)
    start = tokens(schema)
    sizes = tuple(accumulate((tokens(block.text) for block in blocks), initial=start))
    keys = accumulate(blocks, lambda key, block: _mix(key, ask, block), initial=_digest(ask.model, schema))
    return Prompt(blocks, tuple(keys)[1:], sizes[1:], sizes[-1])


def _mix(key: str, ask: Ask, block: Block) -> str:
    inside = block.part in {"tools", "system"}
    how = "" if inside else json.dumps([ask.thinking, ask.tool_choice], sort_keys=True)
    return _digest(key, block.part, block.text, how)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _blocks(body: Any) -> Iterator[Block]:
    """Give the blocks of a valid body; a marker on the whole request stands on its last block."""
    found = [*_part("tools", body.get("tools")), *_part("system", body.get("system"))]
    for message in body.get("messages") or []:
        found += _part(message["role"], message["content"])
    whole = _ttl(body)
    for number, block in enumerate(found):
        last = number == len(found) - 1
        yield Block(block.part, block.text, block.ttl or (whole if last else None))


def _part(part: str, content: Any) -> Iterator[Block]:
    if isinstance(content, str):
        yield Block(part, content, None)
    for one in content if isinstance(content, list) else ():
        inside = results_in(one)
        bare = {name: value for name, value in one.items() if name != "cache_control"}
        if inside:
            bare["content"] = [
                {name: value for name, value in each.items() if name != "cache_control"} for each in inside
            ]
        yield Block(part, text_of(bare), next((ttl for holder in (one, *inside) if (ttl := _ttl(holder))), None))


def results_in(block: Any) -> list[Any]:
    """Give what is inside a block: a marker there is nearly one on the block itself."""
    content = block.get("content")
    return content if block.get("type") == "tool_result" and isinstance(content, list) else []


def _ttl(holder: Any) -> str | None:
    control = holder.get("cache_control")
    return str(control.get("ttl") or "5m") if isinstance(control, dict) else None

"""A conversation as the model reads it: messages in a row that have one role are one turn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True)
class Turn:
    """What one side says before the other one speaks.

    Attributes:
        role: ``user`` or ``assistant``.
        blocks: In order, each with its place in the request, such as ``messages.2.content.0``.
    """

    role: str
    blocks: tuple[tuple[str, dict[str, Any]], ...]

    @property
    def last(self) -> str:
        """The place of its last message."""
        return self.blocks[-1][0].partition(".content")[0]

    def of(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        """Give its blocks of one type, with their places."""
        return [(place, block) for place, block in self.blocks if block.get("type") == kind]


def turns_of(body: Any) -> list[Turn]:
    """Give the turns of a request, as far as they can be read: what is wrong with it is told elsewhere."""
    messages = body.get("messages") if isinstance(body, dict) else None
    found = [
        (message.get("role"), f"messages.{number}.content.{index}", block)
        for number, message in enumerate(messages if isinstance(messages, list) else ())
        if isinstance(message, dict)
        for index, block in enumerate(_blocks(message.get("content")))
    ]
    grouped = groupby(found, key=lambda one: one[0])
    return [Turn(str(role), tuple((place, block) for _, place, block in said)) for role, said in grouped]


def _blocks(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []

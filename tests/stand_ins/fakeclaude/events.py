"""A message as server-sent events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeclaude.answer import Message

# A text comes in pieces of at least so many characters, and in at most so many pieces.
_PIECE = 24
_PIECES = 200

PING: dict[str, Any] = {"type": "ping"}


def events(message: Message) -> list[dict[str, Any]]:
    """Give all events of a message."""
    found: list[dict[str, Any]] = [{"type": "message_start", "message": message.head()}]
    last = len(message.content) - 1
    for index, block in enumerate(message.content):
        partial = message.partial if index == last else None
        found.append({"type": "content_block_start", "index": index, "content_block": _empty(block)})
        if index == 0:
            found.append(PING)
        found += ({"type": "content_block_delta", "index": index, "delta": delta} for delta in _deltas(block, partial))
        found.append({"type": "content_block_stop", "index": index})
    delta = {"stop_reason": message.stop_reason, "stop_sequence": None, "stop_details": message.stop_details}
    found.append({"type": "message_delta", "delta": delta, "usage": message.usage()})
    found.append({"type": "message_stop"})
    return found


def wire(event: dict[str, Any]) -> bytes:
    """Give an event as it is sent."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _empty(block: dict[str, Any]) -> dict[str, Any]:
    if block["type"] == "thinking":
        return {"type": "thinking", "thinking": "", "signature": ""}
    if block["type"] == "tool_use":
        return {**block, "input": {}}
    return {"type": "text", "text": ""}


def _deltas(block: dict[str, Any], partial: str | None) -> Iterator[dict[str, Any]]:
    kind = block["type"]
    if kind == "tool_use":
        whole = json.dumps(block["input"]) if block["input"] else ""
        for piece in ("", *_pieces(whole if partial is None else partial)):
            yield {"type": "input_json_delta", "partial_json": piece}
        return
    for piece in _pieces(block[kind]):
        yield {"type": f"{kind}_delta", kind: piece}
    if kind == "thinking":
        yield {"type": "signature_delta", "signature": block["signature"]}


def _pieces(text: str) -> list[str]:
    size = max(_PIECE, -(-len(text) // _PIECES))
    return [text[start : start + size] for start in range(0, len(text), size)]

"""Thinking blocks, signed so that they come back as they went."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from fakeclaude.refusals import invalid

if TYPE_CHECKING:
    from fakeclaude.turns import Turn


def thought(text: str, *, shown: bool) -> dict[str, Any]:
    """Give a thinking block; its signature carries the text, also where that is not shown."""
    return {"type": "thinking", "thinking": text if shown else "", "signature": _sign(text.encode())}


def check_thoughts(turns: list[Turn], thinking: Any) -> None:
    """Refuse thoughts that are not as they were, and turns that lack them where they must be.

    Args:
        turns: Of the conversation.
        thinking: The configuration of thinking in the request.

    Raises:
        RefusedError: 400.
    """
    latest = max((number for number, turn in enumerate(turns) if turn.role == "assistant"), default=-1)
    for number, turn in enumerate(turns):
        for place, block in turn.of("thinking"):
            if turn.role != "assistant":
                raise invalid(f"{turn.last}: `thinking` blocks can only be in `assistant` messages")
            _check(place, block, latest=number == latest)
        if turn.role == "assistant" and turn.blocks[-1][1]["type"] == "thinking":
            raise invalid(f"{turn.last}: The final block in an assistant message cannot be `thinking`.")
    # A model that thinks by itself may also not have thought; one that was told to has.
    if isinstance(thinking, dict) and thinking.get("type") == "enabled" and turns[-1].of("tool_result"):
        place, first = turns[latest].blocks[0]
        if first["type"] != "thinking":
            raise invalid(
                f"{place}.type: Expected `thinking` or `redacted_thinking`, but found `{first['type']}`. When "
                "`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the "
                "lastmost set of `tool_use` and `tool_result` blocks). To avoid this requirement, disable `thinking`."
            )


def _check(place: str, block: dict[str, Any], *, latest: bool) -> None:
    if strange := sorted(set(block) - {"type", "thinking", "signature"}):
        raise invalid(f"{place}.thinking.{strange[0]}: Extra inputs are not permitted")
    for name in ("thinking", "signature"):
        if not isinstance(block.get(name), str):
            raise invalid(f"{place}.thinking.{name}: Field required")
    text = _signed(block["signature"])
    if text is None:
        raise invalid(f"{place}: Invalid `signature` in `thinking` block")
    if latest and block["thinking"] not in {"", text}:
        raise invalid(
            f"{place}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. "
            "These blocks must remain as they were in the original response."
        )


def _sign(text: bytes) -> str:
    return base64.b64encode(hashlib.sha256(b"signed:" + text).digest() + text).decode()


def _signed(signature: str) -> str | None:
    try:
        text = base64.b64decode(signature, validate=True)[hashlib.sha256().digest_size :]
        return text.decode() if _sign(text) == signature else None
    except ValueError:
        return None

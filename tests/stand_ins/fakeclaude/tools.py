"""Tools: how they are offered, how they are called, and how their results come back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema

from fakeclaude.refusals import RefusedError, invalid
from fakeclaude.schemas import PLACE, check_schema, validator

if TYPE_CHECKING:
    from fakeclaude.models import Model
    from fakeclaude.turns import Turn
    from fakeclaude.words import Ask

_FIELDS = {
    "allowed_callers", "cache_control", "defer_loading", "description", "eager_input_streaming", "input_examples",
    "input_schema", "name", "strict", "type",
}  # fmt: skip
_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_LONGEST = 128
_CHOICES = {"any", "auto", "none", "tool"}
_TOP = ("oneOf", "allOf", "anyOf")


def check_tools(ask: Ask, _: Model) -> None:
    """Refuse tools, or a choice among them, that the interface would not take.

    Raises:
        RefusedError: 400.
    """
    tools = ask.body.get("tools")
    if tools is not None and not isinstance(tools, list):
        raise invalid("tools: Input should be a valid list")
    for number, tool in enumerate(tools or ()):
        _check_tool(f"tools.{number}", tool)
    if len(set(ask.tools)) < len(ask.tools):
        raise invalid("tools: Tool names must be unique.")
    if ask.body.get("tool_choice") is not None:
        _check_choice(ask, ask.body["tool_choice"])


def _check_tool(place: str, tool: Any) -> None:
    if not isinstance(tool, dict):
        raise invalid(f"{place}: Input should be a valid dictionary")
    if (tool.get("type") or "custom") != "custom":
        raise invalid(f"{place}: Input tag '{tool['type']}' found using 'type' does not match any of the expected tags")
    place = f"{place}.custom"
    for name in ("name", "input_schema"):
        if name not in tool:
            raise invalid(f"{place}.{name}: Field required")
    if strange := sorted(set(tool) - _FIELDS):
        raise invalid(f"{place}.{strange[0]}: Extra inputs are not permitted")
    _check_name(f"{place}.name", tool["name"], _LONGEST)
    if not isinstance(tool.get("description", ""), str):
        raise invalid(f"{place}.description: Input should be a valid string")
    _check_input_schema(f"{place}.input_schema", tool["input_schema"])
    if tool.get("strict"):
        try:
            check_schema(tool["input_schema"])
        except RefusedError as refusal:
            raise invalid(refusal.message.replace(PLACE, f"{place}.input_schema", 1)) from None


def _check_name(place: str, name: Any, longest: int) -> None:
    if not isinstance(name, str):
        raise invalid(f"{place}: Input should be a valid string")
    if len(name) > longest:
        raise invalid(f"{place}: String should have at most {longest} characters")
    if not _NAME.fullmatch(name):
        raise invalid(f"{place}: String should match pattern '^[a-zA-Z0-9_-]{{1,{longest}}}$'")


def _check_input_schema(place: str, schema: Any) -> None:
    if not isinstance(schema, dict):
        raise invalid(f"{place}: Input should be a valid dictionary")
    if "type" not in schema:
        raise invalid(f"{place}.type: Field required")
    if schema["type"] != "object":
        raise invalid(f"{place}.type: Input should be 'object'")
    if set(_TOP) & set(schema):
        raise invalid(f"{place}: input_schema does not support oneOf, allOf, or anyOf at the top level")
    try:
        validator(schema)
    except jsonschema.SchemaError as error:
        raise invalid(f"{place}: JSON schema is invalid. It must match JSON Schema draft 2020-12.") from error


def _check_choice(ask: Ask, choice: Any) -> None:
    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind not in _CHOICES:
        raise invalid("tool_choice: Input tag does not match any of the expected tags: 'any', 'auto', 'none', 'tool'")
    allowed = {"type"} | ({"name"} if kind == "tool" else set())
    allowed |= set() if kind == "none" else {"disable_parallel_tool_use"}
    if strange := sorted(set(choice) - allowed):
        raise invalid(f"tool_choice.{kind}.{strange[0]}: Extra inputs are not permitted")
    if not ask.tools and kind != "none":
        raise invalid("tool_choice: tool_choice may only be specified while providing tools.")
    if kind == "tool" and "name" not in choice:
        raise invalid("tool_choice.tool.name: Field required")
    if kind == "tool" and choice["name"] not in ask.tools:
        raise invalid(f"Tool '{choice['name']}' not found in provided tools")
    # Thinking that the model decides on goes together with this.
    if kind in {"any", "tool"} and (ask.thinking or {}).get("type") == "enabled":
        raise invalid("Thinking may not be enabled when tool_choice forces tool use.")


def check_results(turns: list[Turn]) -> None:
    """Refuse calls without their results in the very next turn, and results without their calls.

    Raises:
        RefusedError: 400.
    """
    known: set[str] = set()
    called: list[str] = []
    before = None
    for turn in turns:
        _check_sides(turn)
        for place, block in turn.of("tool_use"):
            _check_call(f"{place}.tool_use", block)
            if block["id"] in known:
                raise invalid(f"{place}: `tool_use` ids must be unique")
            known.add(block["id"])
        if turn.role == "user":
            _check_answered(turn, called, before)
        called = [block["id"] for _, block in turn.of("tool_use")]
        before = turn


def _check_sides(turn: Turn) -> None:
    for kind, role in (("tool_use", "assistant"), ("tool_result", "user")):
        if turn.role != role and (found := turn.of(kind)):
            place = found[0][0].partition(".content")[0]
            raise invalid(f"{place}: `{kind}` blocks can only be in `{role}` messages")


def _check_call(place: str, block: dict[str, Any]) -> None:
    for name in ("id", "name", "input"):
        if name not in block:
            raise invalid(f"{place}.{name}: Field required")
    if not isinstance(block["id"], str) or not _NAME.fullmatch(block["id"]):
        raise invalid(f"{place}.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
    _check_name(f"{place}.name", block["name"], 200)
    if not isinstance(block["input"], dict):
        raise invalid(f"{place}.input: Input should be a valid dictionary")


def _check_answered(turn: Turn, called: list[str], before: Turn | None) -> None:
    """Hold the results of a turn to the calls of the turn before; they come before everything else."""
    seen: set[str] = set()
    leading: set[str] = set()
    for index, (place, block) in enumerate(turn.blocks):
        if block["type"] != "tool_result":
            continue
        _check_result(f"{place}.tool_result", block)
        answered = block["tool_use_id"]
        if answered not in called:
            raise invalid(
                f"{place}: unexpected `tool_use_id` found in `tool_result` blocks: {answered}. Each `tool_result` "
                "block must have a corresponding `tool_use` block in the previous message."
            )
        if answered in seen:
            raise invalid(
                f"{place}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: "
                f"{answered}"
            )
        seen.add(answered)
        if len(seen) == index + 1:
            leading.add(answered)
    if before is not None and (missing := [one for one in called if one not in leading]):
        raise invalid(
            f"{before.last}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the next "
            "message."
        )


def _check_result(place: str, block: dict[str, Any]) -> None:
    if "tool_use_id" not in block:
        raise invalid(f"{place}.tool_use_id: Field required")
    if strange := sorted(set(block) - {"cache_control", "content", "is_error", "tool_use_id", "type"}):
        raise invalid(f"{place}.{strange[0]}: Extra inputs are not permitted")
    content = block.get("content", "")
    if not isinstance(content, str | list):
        raise invalid(f"{place}.content: Input should be a valid list")
    if block.get("is_error") and not content:
        raise invalid(f"{place}: content cannot be empty if `is_error` is true")
    if not isinstance(block.get("is_error", False), bool):
        raise invalid(f"{place}.is_error: Input should be a valid boolean")

"""A script that needs no writing: the smallest answer that fits the schema of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeclaude.words import Say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeclaude.words import Ask

_SMALLEST: dict[str, Any] = {"array": [], "boolean": False, "integer": 0, "null": None, "number": 0, "string": ""}


def smallest(ask: Ask) -> Say:
    """Say as little as the schema allows, or "Well." without one."""
    return Say("Well.") if ask.schema is None else Say.json(_value(ask.schema, ask.schema))


def _value(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        _, home, name = schema["$ref"].split("/")
        return _value(root[home][name], root)
    for choice in ("anyOf", "allOf"):
        if choice in schema:
            return _value(schema[choice][0], root)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    if kind == "object":
        return {name: _value(schema["properties"][name], root) for name in schema.get("required", ())}
    return [_value(schema["items"], root)] if kind == "array" and schema.get("minItems") else _SMALLEST[kind]

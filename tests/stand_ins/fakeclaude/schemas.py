"""Which JSON schemas structured outputs take."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema

from fakeclaude.refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = "output_config.format.schema"
_ANYWHERE = {
    "$defs", "$id", "$ref", "$schema", "allOf", "anyOf", "const", "default", "definitions", "description", "enum",
    "title", "type",
}  # fmt: skip
_BY_TYPE = {
    "object": {"additionalProperties", "properties", "required"},
    "array": {"items", "minItems"},
    "string": {"format", "pattern"},
}
_TYPES = {"array", "boolean", "integer", "null", "number", "object", "string"}
_FORMATS = {"date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uri", "uuid"}
_REGEX = re.compile(r"\(\?[=!<]|\\[bB1-9]")
_OPTIONAL = 24
_UNIONS = 16


def validator(schema: Any) -> jsonschema.Draft202012Validator:
    """Give what holds a value to a schema, which is checked itself, once: the same few come with every request.

    Raises:
        jsonschema.SchemaError: It is none.
    """
    return _validator(json.dumps(schema))


@lru_cache(maxsize=200)
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    made = jsonschema.Draft202012Validator(json.loads(schema))
    made.check_schema(made.schema)
    return made


def check_schema(schema: Any) -> None:
    """Refuse a schema that constrained decoding cannot follow.

    Raises:
        RefusedError: It is not a schema, it has a keyword that is not supported, or too many choices.
    """
    if not isinstance(schema, dict) or not schema:
        raise invalid(f"{PLACE}: Input should be a valid dictionary")
    for part in _parts(schema):
        _check(part)
    _check_recursion(schema)
    parts = list(_parts(schema))
    optional = sum(len(set(part.get("properties") or ()) - set(part.get("required") or ())) for part in parts)
    if optional > _OPTIONAL:
        raise invalid(
            f"Schemas contains too many optional parameters ({optional}), which would make grammar compilation "
            f"inefficient. Reduce the number of optional parameters in your tool schemas (limit: {_OPTIONAL})."
        )
    unions = sum("anyOf" in part or isinstance(part.get("type"), list) for part in parts)
    if unions > _UNIONS:
        raise invalid(
            f"Schemas contains too many parameters with union types ({unions} parameters with type arrays or anyOf). "
            f"This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters "
            f"(limit: {_UNIONS} parameters with unions)."
        )


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Give a schema and all schemas inside it."""
    if not isinstance(schema, dict):
        raise invalid(f"{PLACE}: Schema type {type(schema).__name__!r} is not supported")
    yield schema
    for name in ("$defs", "definitions", "properties"):
        for inner in (schema.get(name) or {}).values():
            yield from _parts(inner)
    for name in ("anyOf", "allOf"):
        for inner in schema.get(name) or ():
            yield from _parts(inner)
    if "items" in schema:
        yield from _parts(schema["items"])


def _check(part: dict[str, Any]) -> None:
    kinds = part.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds] if kinds is not None else []
    if unknown := [kind for kind in kinds if kind not in _TYPES]:
        raise invalid(f"{PLACE}: Invalid type {unknown[0]!r}")
    allowed = _ANYWHERE.union(*(_BY_TYPE.get(kind, set()) for kind in kinds))
    if strange := sorted(set(part) - allowed):
        named = f"For '{kinds[0]}' type, " if kinds else ""
        if len(strange) == 1:
            raise invalid(f"{PLACE}: {named}property '{strange[0]}' is not supported")
        raise invalid(f"{PLACE}: {named}properties {', '.join(strange)} are not supported")
    if not kinds and not set(part) & {"$ref", "allOf", "anyOf", "const", "enum"}:
        raise invalid(f"{PLACE}: Schema must have a 'type', an 'enum', a 'const', a '$ref' or 'anyOf'")
    if "object" in kinds:
        _check_closed(part)
    if part.get("minItems", 0) not in {0, 1}:
        raise invalid(f"{PLACE}: For 'array' type, 'minItems' values other than 0 or 1 are not supported")
    if part.get("format", "date") not in _FORMATS:
        raise invalid(f"{PLACE}: For 'string' type, format '{part['format']}' is not supported")
    if _REGEX.search(str(part.get("pattern", ""))):
        raise invalid(f"{PLACE}: For 'string' type, this 'pattern' is not supported")
    if any(isinstance(value, dict | list) for value in part.get("enum") or ()):
        raise invalid(f"{PLACE}: Complex types in 'enum' are not supported")


def _check_closed(part: dict[str, Any]) -> None:
    if part.get("additionalProperties") is not False:
        if "additionalProperties" not in part:
            raise invalid(f"{PLACE}: For 'object' type, 'additionalProperties' must be explicitly set to false")
        shown = str(part["additionalProperties"]).lower()
        raise invalid(
            f"{PLACE}: For 'object' type, 'additionalProperties: {shown}' is not supported. "
            "Please set 'additionalProperties' to false"
        )


def _check_recursion(schema: dict[str, Any]) -> None:
    """Refuse a reference to nowhere, to outside, or to what it stands in."""
    found = {
        f"#/{home}/{name}": inner for home in ("$defs", "definitions") for name, inner in schema.get(home, {}).items()
    }

    def follow(part: dict[str, Any], above: tuple[str, ...]) -> None:
        bare = {name: value for name, value in part.items() if name not in {"$defs", "definitions"}}
        for inner in _parts(bare):
            reference = inner.get("$ref")
            if reference is None:
                continue
            if reference not in found:
                raise invalid(f"{PLACE}: '$ref' to {reference!r} cannot be resolved")
            if reference in above:
                raise invalid(f"{PLACE}: Recursive schemas are not supported ({reference})")
            follow(found[reference], (*above, reference))

    follow(schema, ())

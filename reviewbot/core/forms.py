"""What people write and others send, as forms: read by pydantic, and what is wrong said with file, line and key.

The only place that knows pydantic. Whoever need not import it should not: it costs 0.1 s.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import core_schema

from reviewbot.core.nearest import meant, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pydantic import GetCoreSchemaHandler

    from reviewbot.core.documents import Document

__all__ = [
    "BaseModel",
    "Complaint",
    "ConfigDict",
    "Field",
    "Form",
    "TypeAdapter",
    "ValidationError",
    "ValidationInfo",
    "as_text",
    "checked",
    "complaints",
    "described",
    "field_validator",
    "first",
    "model_validator",
    "schema",
]

Kind = TypeVar("Kind")

_MOST_SHOWN = 80
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument")
_WORDS = {
    "bool_type": "must be true or false",
    "dataclass_type": "must be keys and values",
    "dict_type": "must be keys and values",
    "bool_parsing": "must be true or false",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "greater_than_equal": "must be {ge:g} or more",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than_equal": "must be {le:g} or less",
    "list_type": "must be a list",
    "mapping_type": "must be keys and values",
    "model_type": "must be keys and values",
    "string_type": "must be text",
    "tuple_type": "must be a list",
}


class Form(BaseModel):
    """Keys and values that somebody writes; other keys are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def as_text(kind: type[Kind], write: Callable[[Kind], str], read: Callable[[str], Kind]) -> None:
    """Let what is of a class be a text wherever a form has it.

    Args:
        kind: The class, which then need not know of it.
        write: Gives the text.
        read: Gives what a text says; it takes any text.
    """

    def schema_of(_: type[Kind], handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        text = handler(str)
        serialization = core_schema.plain_serializer_function_ser_schema(write, return_schema=text)
        return core_schema.no_info_after_validator_function(read, text, serialization=serialization)

    kind.__get_pydantic_core_schema__ = schema_of  # type: ignore[attr-defined]  # as pydantic asks for it


class First(NamedTuple):
    """The first thing that is wrong: the keys that lead there, joined by dots, and pydantic's words."""

    where: str
    message: str


class Complaint(NamedTuple):
    """One thing that is wrong with a document, and its line."""

    line: int
    message: str


def first(error: ValidationError, whole: str = "") -> First:
    """Give what is wrong first; ``whole`` is what to call all of it."""
    detail = error.errors(include_url=False, include_input=False)[0]
    return First(".".join(map(str, detail["loc"])) or whole, detail["msg"])


def checked(kind: type[Kind], document: Document, context: Any = None, *, such_as: str = "", hint: str = "") -> Kind:
    """Give what a document says.

    Args:
        kind: The form: a model, or a dataclass.
        document: What was written.
        context: For the validators of the form.
        such_as: An example of a key and its value.
        hint: To be added to the message: what to do.

    Raises:
        ConfigError: It does not fit the form; names file, line, and key, and the nearest one that is known.
    """
    try:
        return TypeAdapter(kind).validate_python(document.data, context=context)
    except ValidationError as error:
        place, message = next(_told(error, kind))
        if message == _WORDS["model_type"] and such_as:
            message = f"{message}, such as `{such_as}`"
        raise document.error(f"{message}{hint}", place) from error


def complaints(kind: type[Any], document: Document) -> list[Complaint]:
    """Give all that is wrong with a document, unknown keys first."""
    try:
        TypeAdapter(kind).validate_python(document.data)
    except ValidationError as error:
        return [Complaint(document.line(place), message) for place, message in _told(error, kind)]
    return []


def schema(kind: type[Any], title: str) -> dict[str, Any]:
    """Give the JSON Schema of a form, for editors; the docstrings say what the keys mean."""
    generated = TypeAdapter(kind).json_schema()
    for definition in (generated, *generated.get("$defs", {}).values()):
        meanings = _attributes(definition.get("description", ""))
        if "enum" in definition:
            definition.pop("description", None)  # it is about the code
        elif "description" in definition:
            definition["description"] = " ".join(definition["description"].partition("Attributes:\n")[0].split())
        for name, value in definition.get("properties", {}).items():
            value.pop("title", None)
            if value.get("default") in (None, "", [], {}):
                value.pop("default", None)
            if name in meanings:
                value["description"] = meanings[name]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated, "title": title}


def described(kind: type[Any]) -> dict[str, str]:
    """Give what each key of a form means: the attributes in its docstring."""
    return _attributes(inspect.getdoc(kind) or "")


def _attributes(docstring: str) -> dict[str, str]:
    parts = re.split(r"^ {4}(\w+): ", docstring.partition("Attributes:\n")[2], flags=re.MULTILINE)
    return {name: " ".join(meaning.split()) for name, meaning in zip(parts[1::2], parts[2::2], strict=True)}


def _told(error: ValidationError, kind: type[Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    whole = TypeAdapter(kind).json_schema()
    errors = sorted(error.errors(include_url=False), key=lambda detail: detail["type"] not in _UNKNOWN)
    misspelt = {detail["loc"][:-1] for detail in errors if detail["type"] in _UNKNOWN}
    for detail in errors:
        # A misspelt key is missing as well, and the misspelling says more.
        if detail["type"] not in _MISSING or detail["loc"][:-1] not in misspelt:
            place = tuple(part for part in detail["loc"] if part != "[key]")
            yield place, _message(detail, place, whole)


def _message(detail: Mapping[str, Any], place: Sequence[str | int], whole: Mapping[str, Any]) -> str:
    key, context = ".".join(map(str, place)), detail.get("ctx", {})
    if detail["type"] in _UNKNOWN:
        known = [name for node in _at(place[:-1], whole) for name in node.get("properties", ())]
        near = [".".join(map(str, (*place[:-1], name))) for name in nearest(str(place[-1]), known)]
        return f"unknown key `{key}`; " + (f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}")
    if detail["type"] in _MISSING:
        return f"`{key}` is missing"
    if detail["type"] == "value_error":
        message = str(context["error"])
    elif detail["type"] in {"enum", "literal_error"}:
        words = re.findall(r"'([^']*)'", context["expected"])
        if detail["loc"][-1:] != ("[key]",):
            words += [node["const"] for node in _at(place, whole) if node.get("const", words[0]) not in words]
        hint = meant(detail["input"], words) if isinstance(detail["input"], str) else ""
        return f"`{key}`: must be {'one of ' * (len(words) > 1)}{', '.join(words)}{_got(detail['input'])}{hint}"
    else:
        message = _WORDS[detail["type"]].format(**context) if detail["type"] in _WORDS else detail["msg"]
        if detail["type"] == "finite_number" and any(node.get("type") == "null" for node in _at(place, whole)):
            message = f"{message}, or `null` for none"
    return f"`{key}`: {message}{_got(detail['input'])}" if place else message


def _got(value: Any) -> str:
    words = {None: "nothing", True: "true", False: "false"}
    shown = words[value] if value is None or isinstance(value, bool) else repr(value)
    # What is long stands on its line, for all to see.
    return f" (got {shown})" if len(shown) <= _MOST_SHOWN else ""


def _at(place: Sequence[str | int], whole: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the parts of a JSON Schema that a place must fit."""
    forms = list(_forms(whole, whole))
    for part in place:
        below = [child for node in forms for child in _below(node, part)]
        forms = [form for child in below for form in _forms(child, whole)]
    return forms


def _below(node: Mapping[str, Any], part: str | int) -> Iterator[Mapping[str, Any]]:
    other = node.get("items" if isinstance(part, int) else "additionalProperties")
    child = node.get("properties", {}).get(part, other)
    if isinstance(child, dict):
        yield child


def _forms(node: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in node:
        node = whole["$defs"][node["$ref"].rpartition("/")[2]]
    yield node
    for word in ("anyOf", "oneOf", "allOf"):
        for alternative in node.get(word, ()):
            yield from _forms(alternative, whole)

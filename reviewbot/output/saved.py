"""Saved reviews: the schema they are published with, and reading them back.

The only place that needs pydantic for reviews; the words themselves stay plain dataclasses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import core_schema

from reviewbot.core.errors import ReviewFileError
from reviewbot.core.reasons import Reason
from reviewbot.core.review import SCHEMA_VERSION, Review
from reviewbot.output.sentences import read, sentence

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler


def _as_sentence(_: type[Reason], handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    text = handler(str)
    said = core_schema.plain_serializer_function_ser_schema(sentence, return_schema=text)
    return core_schema.no_info_after_validator_function(read, text, serialization=said)


# The words themselves know nothing of files: only here a reason is its sentence.
Reason.__get_pydantic_core_schema__ = _as_sentence  # type: ignore[attr-defined]


def load(text: str, path: str = "review.json") -> Review:
    """Read a saved review. Keys of a newer version are ignored.

    Args:
        text: What ``--format json`` printed.
        path: Its name, for messages.

    Raises:
        ReviewFileError: Not JSON, not a review, or of another schema version.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ReviewFileError(
            f"{path}:{error.lineno}: not JSON: {error.msg}; give what `reviewbot review --format json` printed"
        ) from error
    except (RecursionError, ValueError) as error:  # nested too deep, or a number with thousands of digits
        raise ReviewFileError(f"{path}: no saved review: {error}") from error
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise ReviewFileError(
            f"{path}: schema_version is {version!r}, this reviewbot reads {SCHEMA_VERSION}; "
            "make the review with `reviewbot review --format json` of this version"
        )
    try:
        return TypeAdapter(Review).validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ReviewFileError(f"{path}: `{where}`: {first['msg']}") from error


def schema() -> dict[str, Any]:
    """Give the JSON Schema of a saved review; every key a reader may rely on is required."""
    result = TypeAdapter(Review).json_schema(mode="serialization")
    for definition in (result, *result.get("$defs", {}).values()):
        if "properties" in definition:
            definition["required"] = list(definition["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **result, "title": "reviewbot review"}


if __name__ == "__main__":
    import sys

    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")

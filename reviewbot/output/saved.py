"""Saved reviews: the schema they are published with, and reading them back.

The only place that needs pydantic for reviews; the words themselves stay plain dataclasses.
"""

from __future__ import annotations

import json
from typing import Any

from reviewbot.core import forms
from reviewbot.core.errors import ReviewFileError
from reviewbot.core.reasons import Reason
from reviewbot.core.review import SCHEMA_VERSION, Review
from reviewbot.output.reason_sentences import read, sentence

# The words themselves know nothing of files: only here a reason is its sentence.
forms.as_text(Reason, sentence, read)


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
        return forms.TypeAdapter(Review).validate_json(text)
    except forms.ValidationError as error:
        where, message = forms.first(error)
        raise ReviewFileError(f"{path}: `{where}`: {message}") from error


def schema() -> dict[str, Any]:
    """Give the JSON Schema of a saved review; every key a reader may rely on is required."""
    result = forms.TypeAdapter(Review).json_schema(mode="serialization")
    for definition in (result, *result.get("$defs", {}).values()):
        if "properties" in definition:
            definition["required"] = list(definition["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **result, "title": "reviewbot review"}


if __name__ == "__main__":
    from reviewbot.core import printing

    printing.out(json.dumps(schema(), indent=2) + "\n", exact=True)

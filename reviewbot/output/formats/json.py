"""The review as JSON, field by field; the schema is docs/review.schema.json."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from reviewbot.core.printing import inert_json
from reviewbot.output.reason_sentences import as_data

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give the JSON document, keys in the order of the words."""
    data = as_data(review)
    return document({"schema_version": data.pop("schema_version"), **data})


def document(data: Any) -> str:
    """Give ``data`` as JSON in UTF-8: two spaces of indent, a newline at the end."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    # Lone surrogates are no characters: no reader of JSON must accept them, not even as escapes.
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    return inert_json(text) + "\n"

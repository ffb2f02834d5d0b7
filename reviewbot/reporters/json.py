"""The review as JSON, field by field; the schema is docs/review.schema.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.change import ChangeSet
    from reviewbot.review import Review


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give the JSON document: two spaces of indent, keys in the order of the words, a newline at the end."""
    data = asdict(review)
    ordered = {"schema_version": data.pop("schema_version"), **data}
    # Text cut out of bytes may hold lone surrogates, which are no characters; JSON can still say them.
    text = json.dumps(ordered, indent=2, ensure_ascii=False)
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8") + "\n"

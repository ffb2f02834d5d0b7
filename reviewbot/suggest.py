"""Suggestions are shown only after they were seen not to break the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.syntax import parses

if TYPE_CHECKING:
    from reviewbot.finding import Suggestion


def verified(text: str, suggestion: Suggestion) -> Suggestion | None:
    """Apply a suggestion to the whole post-image and parse the result.

    Args:
        text: The whole Python file after the change.
        suggestion: Line range and replacement.

    Returns:
        The suggestion marked as verified; None where the file parsed before and does not
        after, where it could not be parsed anyway, or where the lines do not exist.
    """
    patched = applied(text, suggestion)
    if patched is None or patched == text or not parses(text) or not parses(patched):
        return None
    return replace(suggestion, verified=True)


def applied(text: str, suggestion: Suggestion) -> str | None:
    """Give the text with the suggestion applied, or None where its lines do not exist."""
    lines = text.split("\n")
    if not 1 <= suggestion.start_line <= suggestion.end_line <= len(lines):
        return None
    ending = "\r" if lines[suggestion.start_line - 1].endswith("\r") else ""
    replacement = [f"{line}{ending}" for line in suggestion.replacement.split("\n")] if suggestion.replacement else []
    return "\n".join([*lines[: suggestion.start_line - 1], *replacement, *lines[suggestion.end_line :]])

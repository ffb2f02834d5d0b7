"""Ways out: each module renders a review in one format."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.change import ChangeSet
    from reviewbot.review import Review

FORMATS = ("terminal", "json", "markdown", "html", "sarif", "annotations")


def render(
    name: str, review: Review, changes: ChangeSet | None, *, color: bool = False, width: int | None = None
) -> str:
    """Give the review as text.

    Args:
        name: One of :data:`FORMATS`, which are also the modules' names.
        review: What to render.
        changes: The change, for code frames; None for a saved review, whose findings quote their code.
        color: Whether the terminal format may use colour.
        width: Columns of the terminal format; None for those of the terminal.
    """
    module = importlib.import_module(f"reviewbot.reporters.{name}")
    if name == "terminal":
        return str(module.render(review, changes, color=color, width=width))
    return str(module.render(review, changes))

"""The review as one HTML file that needs nothing else: the diff with the comments in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.output.report.page import page

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review
    from reviewbot.output.formats import Manner


def render(review: Review, changes: ChangeSet | None, manner: Manner) -> str:
    """Give the document; everything from outside is escaped."""
    return page(review, changes, manner.page)

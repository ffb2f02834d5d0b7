"""The review in the shape in which it is posted: the summary, then each inline comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.finding import Placement
from reviewbot.output import counting, grouping
from reviewbot.output.markdown import bodies, folds, writer
from reviewbot.output.markdown.tree import Code, Heading, line

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give the Markdown document."""
    parts = list(bodies.summary(review))
    inline = [finding for finding in counting.shown(review) if finding.placement is Placement.INLINE]
    if inline:
        parts.append(Heading(2, line("Comments")))
    for finding in sorted(inline, key=lambda f: (*grouping.reading_order(f), f.fingerprint)):
        parts += [Heading(3, (Code(grouping.place(finding)),)), folds.quoted(finding), *bodies.comment(finding)]
    return writer.write(*parts)

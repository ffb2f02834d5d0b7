"""The review in the shape in which it is posted: the summary, then each inline comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.finding import Placement
from reviewbot.output import counting, grouping
from reviewbot.output.markdown import bodies, folds, writer
from reviewbot.output.markdown.places import Links
from reviewbot.output.markdown.tree import Code, Heading, line

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review
    from reviewbot.output.formats import Manner


def render(review: Review, changes: ChangeSet | None, manner: Manner) -> str:
    """Give the Markdown document."""
    del changes
    links = Links(page=manner.page)
    parts = list(bodies.summary(review, links))
    inline = [finding for finding in counting.shown(review) if finding.placement is Placement.INLINE]
    if inline:
        parts.append(Heading(2, line("Comments")))
    for finding in sorted(inline, key=lambda f: (*grouping.reading_order(f), f.fingerprint)):
        parts += [Heading(3, (Code(grouping.place(finding)),)), folds.quoted(finding), *bodies.comment(finding, links)]
    return writer.write(*parts)

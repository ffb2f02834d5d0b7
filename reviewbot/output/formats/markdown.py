"""The review in the shape in which it is posted: the summary, then each inline comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.finding import Placement
from reviewbot.output import counting, grouping
from reviewbot.output.markdown import bodies, safe

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give the Markdown document."""
    parts = [bodies.summary(review)]
    inline = [finding for finding in counting.shown(review) if finding.placement is Placement.INLINE]
    if inline:
        parts.append("## Comments\n")
    for finding in sorted(inline, key=lambda f: (f.path, f.start_line, f.fingerprint)):
        quoted = safe.fenced(finding.evidence, safe.language(finding.path))
        parts.append(f"### {safe.code(grouping.place(finding))}\n\n{quoted}\n\n{bodies.comment(finding)}\n")
    return "\n".join(parts)

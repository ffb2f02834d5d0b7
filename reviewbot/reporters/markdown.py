"""The review in the shape in which it is posted: the summary, then each inline comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot import counts, markdown
from reviewbot.finding import Placement
from reviewbot.markdown import gfm, groups

if TYPE_CHECKING:
    from reviewbot.change import ChangeSet
    from reviewbot.review import Review


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give the Markdown document."""
    parts = [markdown.summary(review)]
    inline = [finding for finding in counts.shown(review) if finding.placement is Placement.INLINE]
    if inline:
        parts.append("## Comments\n")
    for finding in sorted(inline, key=lambda f: (f.path, f.start_line, f.fingerprint)):
        quoted = gfm.fenced(finding.evidence, gfm.language(finding.path))
        parts.append(f"### {gfm.code(groups.place(finding))}\n\n{quoted}\n\n{markdown.comment(finding)}\n")
    return "\n".join(parts)

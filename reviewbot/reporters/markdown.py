"""The review in the shape in which it is posted: the summary, then each inline comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot import counts, markdown
from reviewbot.finding import Placement

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
        lines = f"{finding.start_line}"
        if finding.end_line > finding.start_line:
            lines += f"-{finding.end_line}"
        quoted = markdown.fenced(finding.evidence, "python")
        parts.append(f"### {markdown.code(f'{finding.path}:{lines}')}\n\n{quoted}\n\n{markdown.comment(finding)}\n")
    return "\n".join(parts)

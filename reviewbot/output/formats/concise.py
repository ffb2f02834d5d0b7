"""The findings a line each, as editors and search tools read it: ``path:line:column severity check title``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core import unreviewed
from reviewbot.core.text import one_line, printable
from reviewbot.output import counting

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review


def render(review: Review, changes: ChangeSet | None) -> str:
    """Give the text: what is shown, by place, then what nobody may overlook, then the count."""
    del changes
    findings = sorted(
        counting.shown(review), key=lambda finding: (finding.path, finding.start_line, finding.fingerprint)
    )
    lines = [_line(finding) for finding in findings]
    lines += [one_line(f"failed: {failure.stage}: {failure.message}") for failure in review.failures]
    lines += filter(None, [one_line(unreviewed.remark(review))])
    held = counting.held_back(review)
    more = f", {len(held)} held back" if held else ""
    lines.append(f"{counting.findings(findings)}{more}; verdict: {review.verdict.replace('_', ' ')}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding) -> str:
    first = finding.evidence.split("\n")[0]
    column = len(first) - len(first.lstrip()) + 1
    words = f"{finding.path}:{finding.start_line}:{column} {finding.severity} {finding.check} {finding.title}"
    return printable(one_line(f"{words}{counting.hint(finding)}"))

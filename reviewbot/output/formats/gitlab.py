"""The review as GitLab reads it: a code quality report.

Format: GitLab, "Code Quality report format": a list of ``description``, ``check_name``, ``fingerprint``, ``severity``
and ``location``; a report that lacks one of them is not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewbot.core.finding import Severity
from reviewbot.output import counting
from reviewbot.output.formats.json import document

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every format takes both
    """Give the document: what is shown, and what failed, which GitLab can only show as an issue of no file."""
    failed = [
        {
            "description": f"{failure.stage}: {failure.message}",
            "check_name": "reviewbot",
            "fingerprint": f"failure-{number}",
            "severity": "blocker",
            "location": {"path": ".reviewbot.yml", "lines": {"begin": 1}},
        }
        for number, failure in enumerate(review.failures, 1)
    ]
    return document([*map(_issue, counting.shown(review)), *failed])


def _issue(finding: Finding) -> dict[str, Any]:
    return {
        # What GitLab calls severe blocks a merge where a team wants that: a hint must not.
        "description": counting.title(finding),
        "check_name": finding.check,
        "fingerprint": finding.fingerprint,
        "severity": "info" if finding.is_hint else _SEVERITIES[finding.severity],
        "location": {"path": finding.path, "lines": {"begin": max(finding.start_line, 1), "end": finding.end_line}},
    }

"""The review for reviewdog, as its Diagnostic Format in JSON (rdjson).

Format: reviewdog, proto/rdf, ``DiagnosticResult``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewbot.core.change import Side
from reviewbot.core.finding import Severity
from reviewbot.output import counting
from reviewbot.output.formats.json import document

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.explanation import Explanation
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review
    from reviewbot.output.formats import Manner

_SEVERITIES = {
    Severity.CRITICAL: "ERROR",
    Severity.HIGH: "ERROR",
    Severity.MEDIUM: "WARNING",
    Severity.LOW: "INFO",
    Severity.INFO: "INFO",
}


def render(review: Review, changes: ChangeSet | None, manner: Manner) -> str:
    """Give the document: what is shown, and as errors without a place what failed."""
    del changes
    failures = [
        {"message": f"{failure.stage}: {failure.message}", "severity": "ERROR", "location": {"path": ""}}
        for failure in review.failures
    ]
    diagnostics = [*(_diagnostic(finding, manner.explain(finding)) for finding in counting.shown(review)), *failures]
    return document({"source": {"name": "reviewbot"}, "diagnostics": diagnostics})


def _diagnostic(finding: Finding, known: Explanation | None) -> dict[str, Any]:
    location: dict[str, Any] = {"path": finding.path}
    if finding.side is Side.RIGHT:
        location["range"] = {"start": {"line": finding.start_line}, "end": {"line": finding.end_line}}
    told: dict[str, Any] = {
        "message": f"{counting.title(finding)}\n\n{finding.body}",
        "location": location,
        "severity": "INFO" if finding.is_hint else _SEVERITIES[finding.severity],
        "code": {"value": finding.check},
    }
    if known is not None and known.page:
        told["code"]["url"] = known.page
    if finding.suggestion is not None and finding.suggestion.verified:
        start, end = finding.suggestion.start_line, finding.suggestion.end_line
        # Whole lines are replaced: from the first column to the first one of the line after.
        lines = {"start": {"line": start, "column": 1}, "end": {"line": end + 1, "column": 1}}
        text = f"{finding.suggestion.replacement}\n" if finding.suggestion.replacement else ""
        told["suggestions"] = [{"range": lines, "text": text}]
    return told

"""The review as SARIF 2.1.0, for code scanning and editors.

Format: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reviewbot import __version__
from reviewbot.change import Side
from reviewbot.finding import Placement, Severity

if TYPE_CHECKING:
    from reviewbot.change import ChangeSet
    from reviewbot.finding import Finding
    from reviewbot.review import Review

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give the SARIF document; held-back findings are suppressed results, with the reason."""
    rules: dict[str, dict[str, Any]] = {}
    for finding in review.findings:
        rules.setdefault(finding.check, _rule(finding))
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "reviewbot", "version": __version__, "rules": list(rules.values())}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, list(rules).index(finding.check)) for finding in review.findings],
        "invocations": [
            {
                "executionSuccessful": not review.failures,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": f"{failure.stage}: {failure.message}"}}
                    for failure in review.failures
                ],
            }
        ],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.check,
        "shortDescription": {"text": finding.title},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {"item": f"{finding.agent}/{finding.item}"},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.path)}}
    if finding.side is Side.RIGHT:
        location["region"] = {"startLine": finding.start_line, "endLine": finding.end_line}
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.title}\n\n{finding.body}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"reviewbot/v1": finding.fingerprint},
        "properties": {"agent": finding.agent, "item": finding.item, "severity": finding.severity},
    }
    if finding.placement is Placement.HELD_BACK:
        result["suppressions"] = [{"kind": "external", "justification": finding.placement_reason}]
    return result

"""The review as SARIF 2.1.0, for code scanning and editors.

Format: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reviewbot import __version__
from reviewbot.core.agent import violated
from reviewbot.core.change import Side
from reviewbot.core.finding import MODEL, Placement, Severity
from reviewbot.output.formats.json import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give the SARIF document, without what is held back: code scanning would open an alert for each result."""
    shown = [finding for finding in review.findings if finding.placement is not Placement.HELD_BACK]
    rules = _rules(review, shown)
    ids = list(rules)
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "reviewbot", "version": __version__, "rules": list(rules.values())}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, ids.index(_rule_id(finding))) for finding in shown],
        "invocations": [
            {
                "executionSuccessful": not review.failures,
                "toolExecutionNotifications": [
                    *(_notification("error", f"{failure.stage}: {failure.message}") for failure in review.failures),
                    *(_notification("note", remark) for remark in review.remarks),
                    *_held_back(len(review.findings) - len(shown)),
                ],
            }
        ],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return document({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule_id(finding: Finding) -> str:
    """A check is a rule; what a model says is told apart by the checklist item."""
    return f"{finding.agent}/{finding.item}" if finding.check == MODEL else finding.check


def _rules(review: Review, shown: Iterable[Finding]) -> dict[str, dict[str, Any]]:
    """Give each rule that found something, described by the checklist items it speaks for."""
    titles = {(verdict.agent, verdict.item): verdict.title for verdict in review.ledger}
    rules: dict[str, dict[str, Any]] = {}
    for finding in shown:
        title = titles.get((finding.agent, finding.item)) or finding.item
        rule = rules.setdefault(
            _rule_id(finding),
            {
                "id": _rule_id(finding),
                "shortDescription": {"text": title},
                "defaultConfiguration": {"level": _LEVELS[finding.severity]},
                "properties": {"tags": []},
            },
        )
        for tag in map(str, violated(finding)):
            if tag not in rule["properties"]["tags"]:
                rule["properties"]["tags"].append(tag)
    return rules


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.path, errors="replace")}}
    if finding.side is Side.RIGHT:
        start = max(finding.start_line, 1)
        location["region"] = {"startLine": start, "endLine": max(finding.end_line, start)}
    return {
        "ruleId": _rule_id(finding),
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.title}\n\n{finding.body}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"reviewbot/v1": finding.fingerprint},
        "properties": {"agent": finding.agent, "item": finding.item, "severity": finding.severity},
    }


def _held_back(count: int) -> list[dict[str, Any]]:
    if not count:
        return []
    return [_notification("note", f"Findings that are held back, which the other formats list: {count}.")]


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}

"""The review as SARIF 2.1.0, for code scanning and editors.

Format: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". What code scanning reads of it, and
how much: GitHub, "SARIF support for code scanning".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reviewbot import __version__
from reviewbot.core.agent import violated
from reviewbot.core.change import Side
from reviewbot.core.finding import MODEL, Placement, Severity
from reviewbot.output import counting
from reviewbot.output.formats.json import document
from reviewbot.output.markdown import foreign, writer
from reviewbot.output.markdown.tree import Fence, paragraph, strong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.explanation import Explanation
    from reviewbot.core.finding import Finding, Suggestion
    from reviewbot.core.review import Review
    from reviewbot.output.formats import Manner

# Code scanning keeps no more results and tags than these, and refuses a file with 25,000 results, or 20 tags of a rule;
# longer descriptions it cuts.
_MOST_RESULTS = 5_000
_MOST_TAGS = 10
_MOST_DESCRIPTION = 1_024
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
# In the middle of what code scanning calls so; 0 would be no severity at all.
_SECURITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.INFO: "1.0",
}


def render(review: Review, changes: ChangeSet | None, manner: Manner) -> str:
    """Give the SARIF document, without what is held back: code scanning would open an alert for each result."""
    del changes
    visible = [finding for finding in review.findings if finding.placement is not Placement.HELD_BACK]
    shown = _worst(visible)
    rules = _rules(review, shown, manner)
    index = {name: at for at, name in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "reviewbot", "version": __version__, "rules": list(rules.values())}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[_rule_id(finding)]) for finding in shown],
        "invocations": [
            {
                "executionSuccessful": not review.failures,
                "toolExecutionNotifications": [
                    *(_notification("error", f"{failure.stage}: {failure.message}") for failure in review.failures),
                    *_left_out(len(visible) - len(shown)),
                    *(_notification("note", remark) for remark in review.remarks),
                    *_held_back(len(review.findings) - len(visible)),
                ],
            }
        ],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return document({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _worst(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Give as many findings as code scanning keeps, in their order; the most severe of them."""
    if len(findings) <= _MOST_RESULTS:
        return findings
    ranked = sorted(range(len(findings)), key=lambda at: (findings[at].severity.rank, at))
    return [findings[at] for at in sorted(ranked[:_MOST_RESULTS])]


def _rule_id(finding: Finding) -> str:
    """A check is a rule; what a model says is told apart by the checklist item."""
    return f"{finding.agent}/{finding.item}" if finding.check == MODEL else finding.check


def _rules(review: Review, shown: Sequence[Finding], manner: Manner) -> dict[str, dict[str, Any]]:
    """Give each rule that found something, described by its check, or else by the items that it speaks for."""
    titles = {(verdict.agent, verdict.item): verdict.title for verdict in review.ledger}
    sure = {_rule_id(finding) for finding in shown if not finding.is_hint}
    rules: dict[str, dict[str, Any]] = {}
    for finding in shown:
        name = _rule_id(finding)
        if name not in rules:
            title = titles.get((finding.agent, finding.item)) or finding.item
            rules[name] = _rule(name, finding, title, manner.explain(finding), hints=name not in sure)
        tags = rules[name]["properties"]["tags"]
        tags += [tag for tag in map(str, violated(finding)) if tag not in tags][: _MOST_TAGS - len(tags)]
    return rules


def _rule(name: str, finding: Finding, title: str, known: Explanation | None, *, hints: bool) -> dict[str, Any]:
    """Describe a rule; where all that it found are ``hints``, it is neither precise nor severe in this run."""
    level = "note" if hints else _LEVELS[known.severity if known else finding.severity]
    rule: dict[str, Any] = {
        "id": name,
        "shortDescription": _described(known.title if known else title),
        "defaultConfiguration": {"level": level},
        "properties": {"tags": []},
    }
    if known is None:
        return rule
    if known.why:
        rule["fullDescription"] = _described(known.why)
        rule["help"] = {"text": _text(known), "markdown": _markdown(known)}
    if known.page:
        rule["helpUri"] = known.page
    properties = rule["properties"]
    if known.confidence:
        properties["precision"] = "low" if hints else str(known.confidence)
    if known.security:
        properties["tags"].append("security")
    if known.security and not hints:
        properties["security-severity"] = _SECURITY[known.severity]
    else:
        properties["problem.severity"] = _PROBLEMS[level]
    return rule


def _described(text: str) -> dict[str, str]:
    words = " ".join(text.split())
    return {"text": words if len(words) <= _MOST_DESCRIPTION else f"{words[: _MOST_DESCRIPTION - 1]}…"}


def _text(known: Explanation) -> str:
    parts = [known.why, known.fix, f"It leaves alone: {known.leaves_alone}" if known.leaves_alone else ""]
    return "\n\n".join(part.strip() for part in parts if part)


def _markdown(known: Explanation) -> str:
    parts = [*foreign.blocks(known.why)]
    for word, text in (("Fix", known.fix), ("Leaves alone", known.leaves_alone)):
        parts += [paragraph(strong(f"{word}.")), *foreign.blocks(text)] if text else []
    for word, code in (("Reported", known.reported), ("Left alone", known.left_alone)):
        difference = all(line[:1] in {" ", "+", "-"} for line in code.splitlines())
        language = "diff" if difference else "python"
        parts += [paragraph(strong(f"{word}:")), Fence(code.rstrip(), language)] if code else []
    return writer.write(*parts)


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    artifact = {"uri": quote(finding.path, errors="replace")}
    location: dict[str, Any] = {"artifactLocation": artifact}
    if finding.side is Side.RIGHT:
        location["region"] = _region(finding)
    result: dict[str, Any] = {
        "ruleId": _rule_id(finding),
        "ruleIndex": rule,
        "level": "note" if finding.is_hint else _LEVELS[finding.severity],
        "message": {"text": f"{counting.title(finding)}\n\n{finding.body}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"reviewbot/v1": finding.fingerprint},
        "properties": {"agent": finding.agent, "item": finding.item, "severity": finding.severity},
    }
    if finding.is_hint:
        result["properties"]["hint"] = True
    if finding.suggestion is not None and finding.suggestion.verified:
        result["fixes"] = [_fix(artifact, finding.suggestion)]
    return result


def _region(finding: Finding) -> dict[str, int]:
    """Give the lines of a finding, and its columns where its quote has all of the lines."""
    start = max(finding.start_line, 1)
    region = {"startLine": start, "endLine": max(finding.end_line, start)}
    quoted = finding.evidence.split("\n")
    if len(quoted) == region["endLine"] - start + 1 and all(line.strip() for line in (quoted[0], quoted[-1])):
        region["startColumn"] = len(quoted[0]) - len(quoted[0].lstrip()) + 1
        region["endColumn"] = len(quoted[-1].rstrip()) + 1
    return region


def _fix(artifact: dict[str, str], suggestion: Suggestion) -> dict[str, Any]:
    deleted = {"startLine": suggestion.start_line, "endLine": suggestion.end_line}
    if not suggestion.replacement:
        # Without columns the end of the last line would stay, and an empty line with it.
        deleted = {"startLine": suggestion.start_line, "startColumn": 1, "endLine": suggestion.end_line + 1}
        deleted["endColumn"] = 1
    replacement = {"deletedRegion": deleted, "insertedContent": {"text": suggestion.replacement}}
    return {
        "description": {"text": "The suggestion, tried: the file parses, and the check is silent."},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": [replacement]}],
    }


def _left_out(count: int) -> list[dict[str, Any]]:
    if not count:
        return []
    text = f"Results left out, none of them more severe: {count}. Code scanning shows {_MOST_RESULTS}."
    return [_notification("warning", text)]


def _held_back(count: int) -> list[dict[str, Any]]:
    if not count:
        return []
    return [_notification("note", f"Findings that are held back, which the other formats list: {count}.")]


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}

"""What the second pass makes of the candidates: each verdict needs the line or the fact that shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.finding import MODEL, Confidence, Placement, Severity
from reviewbot.core.reasons import NO_REASON, Reason, ReasonKind, because
from reviewbot.core.text import printable
from reviewbot.llm import quotes
from reviewbot.llm.findings import held, put, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewbot.core.finding import Finding
    from reviewbot.llm.replies import VerdictReply
    from reviewbot.llm.workspace import Workspace

_MOST_REASON = 400
_MOST_OF_CHECK = 3
_SURE = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)
_MOST_TITLE, _MOST_BODY = 300, 6_000
# Where two verdicts speak of one candidate, doubt counts.
_DOUBT = ("refuted", "minor", "open", "corrected", "stands")


def candidates(findings: Iterable[Finding], hints: Iterable[Finding]) -> list[Finding]:
    """Give what a second pass judges: what would be shown, and what the checks are not sure of.

    Hints that would be of no weight even if they were right are not worth anybody's time, and of one check's a few tell
    what the others are worth.
    """
    own = [finding for finding in findings if finding.placement is not Placement.HELD_BACK]
    asked = Counter[str]()
    for hint in hints:
        if hint.placement is None and hint.severity.at_least(Severity.MEDIUM) and asked[hint.check] < _MOST_OF_CHECK:
            asked[hint.check] += 1
            own.append(hint)
    return own


def unconfirmed(findings: Iterable[Finding], reason: Reason) -> dict[int, Finding]:
    """Put what was not judged into the summary; hold hints back, and leave what a check is sure of."""
    result = {}
    for finding in findings:
        if is_hint(finding) and finding.check != MODEL:
            result[id(finding)] = _set_aside(finding, reason)
        elif finding.check != MODEL:
            result[id(finding)] = finding
        elif finding.placement is None:
            result[id(finding)] = replace(finding, placement=Placement.SUMMARY, placement_reason=reason)
    return result


def applied(judged: Sequence[Finding], verdicts: Iterable[VerdictReply], workspace: Workspace) -> dict[int, Finding]:
    """Give each candidate as its verdict leaves it, by the ``id`` of the candidate.

    Args:
        judged: The candidates, numbered from 1.
        verdicts: As the model wrote them.
        workspace: Where the evidence stands, and quotes are looked up.
    """
    by_number: dict[int, VerdictReply] = {}
    for reply in sorted(verdicts, key=lambda verdict: _DOUBT.index(verdict.verdict)):
        if 0 < reply.candidate <= len(judged):  # of others there is nothing to say
            by_number.setdefault(reply.candidate, reply)
    result: dict[int, Finding] = {}
    for number, finding in enumerate(judged, 1):
        verdict = by_number.get(number)
        if verdict is None:
            result |= unconfirmed([finding], because(ReasonKind.NO_VERDICT))
            continue
        first = _first(verdict, by_number)
        if first != number:
            same = because(ReasonKind.SAME_AS, printable(judged[first - 1].title)[:120])
            result[id(finding)] = held(finding, same if finding.check == MODEL else because(ReasonKind.HINT, same))
            continue
        result[id(finding)] = _apply(finding, verdict, workspace)
    return result


def _first(verdict: VerdictReply, by_number: Mapping[int, VerdictReply]) -> int:
    """Give the number of the candidate that says the same and is shown; its own where there is none.

    Who says the same as somebody who says the same follows; of those who name each other in a circle the first stays.
    """
    way = [verdict.candidate]
    while (after := by_number.get(by_number[way[-1]].same_as or 0)) is not None:
        if after.verdict not in {"stands", "corrected", "open"}:
            break
        if after.candidate in way:
            return min(way[way.index(after.candidate) :])
        way.append(after.candidate)
    return way[-1]


def is_hint(finding: Finding) -> bool:
    """Tell whether a check is not sure of its finding, or whether it would be of little weight even if right."""
    light = not finding.severity.at_least(Severity.MEDIUM)
    return finding.placement is None and (light or finding.confidence is Confidence.LOW)


def questioned(finding: Finding) -> bool:
    """Tell whether somebody must say that a check's finding is worth it: all but what is surely severe."""
    return is_hint(finding) or (finding.placement is None and not finding.severity.at_least(Severity.HIGH))


def settled(hints: Sequence[Finding], judged: Mapping[int, Finding]) -> dict[int, Finding]:
    """Give what becomes of all hints where some were judged, by the ``id`` of each.

    A hint that nobody confirmed is held back. What a check is sure of stays as it is, unless all of that check's that
    were judged are held back.
    """
    shown = {hint.check for hint in hints if id(hint) in judged and judged[id(hint)].placement is None}
    asked = {hint.check for hint in hints if id(hint) in judged}

    def outcome(hint: Finding) -> Finding:
        if id(hint) in judged:
            return judged[id(hint)]
        if hint.check in asked - shown:
            return _set_aside(hint, because(ReasonKind.LIKE_OTHERS))
        return _set_aside(hint, because(ReasonKind.OF_LITTLE_WEIGHT)) if is_hint(hint) else hint

    return {id(hint): outcome(hint) for hint in hints}


def _apply(finding: Finding, verdict: VerdictReply, workspace: Workspace) -> Finding:
    evidence = printable(" ".join(verdict.evidence.split()))[:_MOST_REASON]
    shown = evidence if _is_there(verdict, workspace) else ""
    if finding.check != MODEL:
        return _of_hint(finding, verdict, evidence if shown else "")
    if verdict.verdict == "minor" and shown:
        return held(finding, because(ReasonKind.MINOR, evidence))
    if verdict.verdict == "refuted" and shown:
        return held(finding, because(ReasonKind.REFUTED, evidence))
    if verdict.verdict in {"stands", "corrected"} and shown:
        sure = Confidence.MEDIUM if finding.confidence is Confidence.LOW else finding.confidence
        return replace(_corrected(finding, verdict, workspace), confidence=sure)
    reason = because(ReasonKind.QUESTION, *filter(None, [evidence]))
    return replace(finding, placement=Placement.SUMMARY, placement_reason=reason, confidence=Confidence.LOW)


def _of_hint(hint: Finding, verdict: VerdictReply, shown: str) -> Finding:
    """Give a hint of a check's as its verdict leaves it; its words are the rule's and stay."""
    if verdict.verdict in {"stands", "corrected"} and shown:
        severity = Severity(verdict.severity) if verdict.severity else hint.severity
        return replace(hint, severity=severity, confidence=min(hint.confidence, Confidence.MEDIUM, key=_SURE.index))
    if not is_hint(hint) and (verdict.verdict not in {"minor", "refuted"} or not shown):
        return hint
    kinds = {"minor": ReasonKind.MINOR, "refuted": ReasonKind.REFUTED}
    why = because(kinds.get(verdict.verdict, ReasonKind.NOT_CONFIRMED), *filter(None, [shown]))
    return _set_aside(hint, why)


def _set_aside(hint: Finding, why: Reason) -> Finding:
    """Hold back what nobody confirmed; what would be severe stays a hint: nothing in the change talks it away."""
    return hint if hint.severity.at_least(Severity.HIGH) else held(hint, because(ReasonKind.HINT, why))


def remembered(hint: Finding, severity: Severity, confidence: Confidence, reason: Reason | None) -> Finding:
    """Give a hint as the second pass of an earlier review left it."""
    judged = replace(hint, severity=severity, confidence=confidence)
    return held(judged, reason) if reason else judged


def _is_there(verdict: VerdictReply, workspace: Workspace) -> bool:
    """Tell whether there is evidence, and whether the line that it names is there at all."""
    if not verdict.evidence.strip():
        return False
    if not verdict.path or verdict.line is None:
        return True
    texts = (workspace.text(verdict.path), workspace.old_text(verdict.path))
    known = [len(text.splitlines()) for text in texts if text is not None]
    file = workspace.changed(verdict.path)
    if not known:
        return file is not None  # only hunks of it are known
    return any(1 <= verdict.line <= count for count in known)


def _corrected(finding: Finding, verdict: VerdictReply, workspace: Workspace) -> Finding:
    """Mend what the second pass mends; a quote that is not there leaves the place as it was."""
    title = " ".join((verdict.title or "").split())
    body = (verdict.body or "").strip()
    if verdict.severity:
        finding = replace(finding, severity=Severity(verdict.severity))
    if title and len(title) <= _MOST_TITLE:
        finding = replace(finding, title=title)
    if body and len(body) <= _MOST_BODY:
        finding = replace(finding, body=body)
    if verdict.quote and (file := whole(finding.path, workspace)) is not None:
        anchor = quotes.find(verdict.quote, None, file, finding.side)
        if anchor is not None and not anchor.ambiguous:
            # What kept it from its line was the old quote.
            finding = replace(put(finding, anchor, file), placement=None, placement_reason=NO_REASON)
    return finding

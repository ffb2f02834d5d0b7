"""What the last review of the same pull request came to: files whose difference is the same are not sent again.

What is kept holds for the same agents and the same settings only, and under our own seal, since it stands where other
workflows write as well; where anything does not fit, more is reviewed, never less.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from reviewbot.core import forms
from reviewbot.core.change import Side
from reviewbot.core.finding import MODEL, Confidence, Finding, Placement, Severity
from reviewbot.core.opinion import Memory, key_of
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Section, Status
from reviewbot.llm import quotes
from reviewbot.output import reason_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Review
    from reviewbot.core.seals import Seal
    from reviewbot.settings.loading import Settings

# The fields of a finding that nothing else tells; the rest is set anew.
_KEPT = ("agent", "item", "severity", "confidence", "path", "title", "body", "evidence", "side", "symbol")


def basis(settings: Settings) -> str:
    """Give what a verdict rests on besides the code: agents, model and settings."""
    agents = [(agent.name, agent.body) for agent in settings.agents]
    forced = [agent.name for agent in settings.forced]
    return hashlib.sha256(repr((agents, forced, settings.config)).encode(errors="replace")).hexdigest()[:12]


def record(review: Review, settings: Settings, differences: Mapping[str, str], seal: Seal) -> dict[str, Any]:
    """Give what to remember of a review; empty where no model was asked, or something failed.

    Args:
        review: What the model came to.
        settings: Those of the review.
        differences: Path → what tells the difference of a file from others.
        seal: By which it is known again.
    """
    if "claude" not in review.engines or review.failures:
        return {}
    findings = []
    for finding in review.findings:
        if finding.check == MODEL and finding.placement is not None:
            fields = asdict(finding)
            reason = reason_sentences.sentence(finding.placement_reason)
            place = [finding.start_line, finding.end_line, str(finding.placement), reason]
            findings.append({**{name: fields[name] for name in _KEPT}, "place": place})
    # Whose files the model has not all seen has items that nobody has decided yet.
    left = {file.path for file in review.coverage.files if file.reason.has(ReasonKind.NOT_BY_MODEL)}
    partly = {assignment.agent for assignment in review.assignments if not left.isdisjoint(assignment.files)}
    items = {
        f"{verdict.agent}/{verdict.item}": [str(verdict.status), reason_sentences.sentence(verdict.reason)]
        for verdict in review.ledger
        if MODEL in verdict.decided_by or (verdict.status is Status.NOT_CHECKED and verdict.agent not in partly)
        if verdict.status is not Status.VIOLATED
    }
    files = {file.path: differences.get(file.path, "") for file in review.coverage.files if "claude" in file.engines}
    sections = [[section.agent, section.title, section.body] for section in review.sections if section.by == MODEL]
    hints = {
        key_of(hint): [
            str(hint.severity),
            str(hint.confidence),
            reason_sentences.sentence(hint.placement_reason) if hint.placement_reason.kind is ReasonKind.HINT else "",
        ]
        for hint in review.findings
        if hint.check != MODEL and hint.path in files
        if hint.confidence is not Confidence.HIGH or not hint.severity.at_least(Severity.HIGH)
    }
    content = {"files": files, "findings": findings, "items": items, "sections": sections, "hints": hints}
    return seal.set_on({"basis": basis(settings), **content})


def recall(
    judged: Mapping[str, Any],
    differences: Mapping[str, str],
    seal: Seal,
    statements: tuple[str, ...],
    changes: ChangeSet,
    settings: Settings,
) -> Memory:
    """Give what a new review need not ask again.

    Args:
        judged: What :func:`record` gave at the last review; empty where everything is reviewed as if for the
            first time.
        differences: Path → what tells the difference of a file from others, as it is now.
        seal: By which it is known again.
        statements: What stands on the pull request, a line each.
        changes: The change as it is now.
        settings: Those of the new review.
    """
    judged = seal.opened(judged)
    if judged.get("basis") != basis(settings):
        return Memory(statements=statements)
    known = judged.get("files")
    known = known if isinstance(known, dict) else {}
    same = {path for path, difference in differences.items() if difference and known.get(path) == difference}
    findings = []
    for data in judged.get("findings") or []:
        finding = _finding(data)
        if finding is None:
            return Memory(statements=statements)
        if finding.path in same:
            moved = _moved(finding, changes)
            if moved is None:
                same.discard(finding.path)
            else:
                findings.append(moved)
    still = tuple(finding for finding in findings if finding.path in same)
    sections = _sections(judged.get("sections"))
    items, hints = _items(judged.get("items")), _hints(judged.get("hints"))
    return Memory(frozenset(same), still, items, sections, hints, statements)


def _finding(data: Any) -> Finding | None:
    try:
        start, end, placement, reason = data["place"]
        fields = {name: data[name] for name in _KEPT}
        fields |= {"check": MODEL, "start_line": start, "end_line": end}
        finding = forms.TypeAdapter(Finding).validate_python(fields)
        where, why = Placement(placement), reason_sentences.read(str(reason))
    except (forms.ValidationError, KeyError, TypeError, ValueError):
        return None
    # What was inline is placed anew, since the lines of its diff may have moved, and so is what it speaks for.
    anew = where is Placement.INLINE or why.kind is ReasonKind.REPEATS
    return finding if anew else replace(finding, placement=where, placement_reason=why)


def _moved(finding: Finding, changes: ChangeSet) -> Finding | None:
    """Give the finding on the lines where its code stands now."""
    file = changes.file(finding.path)
    if file is None:
        return None
    if finding.placement is Placement.HELD_BACK:
        return finding
    anchor = quotes.find(finding.evidence, finding.start_line, file, Side(finding.side))
    return replace(finding, start_line=anchor.start_line, end_line=anchor.end_line) if anchor else None


def _items(data: Any) -> Mapping[tuple[str, str], tuple[Status, Reason]]:
    result: dict[tuple[str, str], tuple[Status, Reason]] = {}
    for key, value in data.items() if isinstance(data, dict) else ():
        agent, _, item = str(key).partition("/")
        if isinstance(value, list) and len(value) == 2 and value[0] in list(Status):
            result[agent, item] = (Status(value[0]), reason_sentences.read(str(value[1])))
    return result


def _hints(data: Any) -> Mapping[str, tuple[Severity, Confidence, Reason | None]]:
    result = {}
    for key, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, list) and len(value) == 3 and value[0] in list(Severity) and value[1] in list(Confidence):
            why = str(value[2])
            result[str(key)] = (Severity(value[0]), Confidence(value[1]), reason_sentences.read(why) if why else None)
    return result


def _sections(data: Any) -> tuple[Section, ...]:
    result = []
    for entry in data if isinstance(data, list) else ():
        if isinstance(entry, list) and len(entry) == 3:
            agent, title, body = map(str, entry)
            result.append(Section(agent, title, body, MODEL))
    return tuple(result)

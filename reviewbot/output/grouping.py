"""What belongs together in a review, and the words for it, the same in every output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.finding import Placement
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Grade, Status
from reviewbot.core.unreviewed import looked_at
from reviewbot.output import counting
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Assignment, Evidence, FileCoverage, ItemVerdict, Note, Review, Unassigned

# What a reader must know of a grade to read the review.
_GRADES = {
    Grade.PROJECT: "the technologies match, and what is particular to the agent's project",
    Grade.STACK: "the technologies match, the project is another one; the rules of the agent's own project are not"
    " applied (pin the agent in .reviewbot.yml to apply them)",
    Grade.FALLBACK: "no agent's stack matches these files, so the general agent for Python reviewed them",
    Grade.ANY: "for code of any kind, beside the agent whose stack it is",
    Grade.PINNED: "pinned to these paths by the configuration",
    Grade.FORCED: "asked for, whatever the evidence",
}
_STATUSES = ("failed", "skipped", "partial", "reviewed")


def strongest(assignment: Assignment, most: int = 3) -> list[Evidence]:
    """Give the strongest evidence for an agent; without any, its first match has a reason."""
    return [piece for piece in assignment.evidence if piece.weight > 0][:most]


def grade(assignment: Assignment) -> str:
    """Give what the grade of an agent means, and what follows from it."""
    return _GRADES[assignment.grade]


def reviewed(review: Review, assignment: Assignment) -> str:
    """Give how many of an agent's files something looked at: ``3 files``, or ``2 of 3 files``."""
    looked, files = looked_at(review, assignment.files), counting.plural(len(assignment.files), "file")
    return files if looked == len(assignment.files) else f"{looked} of {files}"


def grouped(review: Review) -> list[tuple[Note, list[Finding]]]:
    """Give each note with the findings it speaks for."""
    result: list[tuple[Note, list[Finding]]] = [(note, []) for note in review.notes]
    for finding in counting.shown(review):
        if finding.placement is not Placement.SUMMARY or finding.placement_reason.kind is not ReasonKind.SAID_ONCE:
            continue
        of_item = [pair for pair in result if (pair[0].agent, pair[0].item) == (finding.agent, finding.item)]
        # Two checks that speak for one item make two notes; reviews of older versions name no check.
        exact = [pair for pair in of_item if pair[0].check == finding.check]
        for _, alike in (exact or of_item)[:1]:
            alike.append(finding)
    return result


def one_by_one(review: Review) -> list[Finding]:
    """Give the shown findings that no note speaks for, and that are no details."""
    noted = {id(finding) for _, alike in grouped(review) for finding in alike}
    shown = counting.shown(review)
    return [f for f in shown if id(f) not in noted and f.placement_reason.kind is not ReasonKind.DETAIL]


def listed(review: Review) -> list[Finding]:
    """Give what a model found and what is of little weight: a list holds it, and no comment."""
    return [finding for finding in counting.shown(review) if finding.placement_reason.kind is ReasonKind.LISTED]


def details(review: Review) -> tuple[str, dict[str, list[Finding]]]:
    """Give the findings that are details: how many in words, and those of each check in the order of reading."""
    by_check: dict[str, list[Finding]] = {}
    found = [finding for finding in counting.shown(review) if finding.placement_reason.kind is ReasonKind.DETAIL]
    for finding in sorted(found, key=lambda finding: (finding.check, *reading_order(finding))):
        by_check.setdefault(finding.check, []).append(finding)
    return counting.plural(len(found), "detail"), by_check


def detail_lines(review: Review) -> list[str]:
    """Give a line of plain text for each check whose findings are details, with all places."""
    lines = []
    for check, alike in details(review)[1].items():
        where = "; ".join(f"{path}:{', '.join(numbers)}" for path, numbers in places(alike).items())
        lines.append(f"{check}{counting.hint(alike[0])}: {where}")
    return lines


def places(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Give the lines of the findings, ``3`` or ``3-5``, by path."""
    result: dict[str, list[str]] = {}
    for finding in sorted(findings, key=reading_order):
        result.setdefault(finding.path, []).append(_lines(finding))
    return result


def place(finding: Finding) -> str:
    """Give ``path:3`` or ``path:3-5``."""
    return f"{finding.path}:{_lines(finding)}"


def reading_order(finding: Finding) -> tuple[str, int, int]:
    """Give what sorts findings as somebody reads them: by path and line."""
    return finding.path, finding.start_line, finding.end_line


def short_paths(paths: Iterable[str], parts: int = 2) -> dict[str, str]:
    """Give each path as short as it can be told from the others: its last parts, or all of it.

    Args:
        paths: All of them.
        parts: How many parts, at the least.
    """
    by_end: dict[str, set[str]] = {}
    for path in paths:
        by_end.setdefault("/".join(path.rsplit("/", parts)[-parts:]), set()).add(path)
    return {
        path: f"…/{end}" if len(alike) == 1 and path.count("/") > parts else path
        for end, alike in by_end.items()
        for path in alike
    }


def _lines(finding: Finding) -> str:
    return f"{finding.start_line}" + f"-{finding.end_line}" * (finding.end_line > finding.start_line)


def undecided(ledger: Iterable[ItemVerdict]) -> dict[tuple[str, str, str], list[ItemVerdict]]:
    """Group the verdicts that are no violation by agent, status and reason, in the order of the ledger."""
    groups: dict[tuple[str, str, str], list[ItemVerdict]] = {}
    for verdict in ledger:
        if verdict.status is not Status.VIOLATED:
            key = (verdict.agent, verdict.status.replace("_", " "), sentence(verdict.reason))
            groups.setdefault(key, []).append(verdict)
    return groups


def files(review: Review) -> dict[tuple[str, str], list[FileCoverage]]:
    """Group the files by what was done with them and why, what was not looked at first."""
    groups: dict[tuple[str, str], list[FileCoverage]] = {}
    for file in review.coverage.files:
        groups.setdefault((file.status, sentence(file.reason)), []).append(file)
    order = {status: place for place, status in enumerate(_STATUSES)}
    return dict(sorted(groups.items(), key=lambda group: (order.get(group[0][0], len(order)), group[0])))


def unassigned(review: Review) -> dict[str, list[Unassigned]]:
    """Group the files that no agent reviews by the reason, in the order of the change."""
    groups: dict[str, list[Unassigned]] = {}
    for file in review.unassigned:
        losers = ", ".join(f"{loser.agent} {sentence(loser.reason)}" for loser in file.losers)
        reason = f"{sentence(file.reason)} ({losers})" if losers else sentence(file.reason)
        groups.setdefault(reason, []).append(file)
    return groups

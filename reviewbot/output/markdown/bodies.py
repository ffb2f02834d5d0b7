"""Review → Markdown for GitHub: the summary's body and the comments' bodies.

Everything in a review counts as text from outside and goes through :mod:`reviewbot.output.markdown.safe`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core import unreviewed
from reviewbot.core.agent import violated
from reviewbot.core.change import Side
from reviewbot.core.finding import Placement
from reviewbot.core.review import Status, Verdict
from reviewbot.output import counting, grouping
from reviewbot.output.markdown.safe import (
    cell,
    code,
    fenced,
    harmless,
    in_block,
    in_cell,
    language,
    line,
    one_line,
    quoted,
)
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reviewbot.core.finding import Finding, Suggestion
    from reviewbot.core.review import Assignment, Review

__all__ = ["code", "comment", "fenced", "harmless", "summary"]

_MOST_PATHS = 3


def summary(review: Review, address: Callable[[Finding], str] | None = None) -> str:
    """Give the summary: what failed, who reviewed and why, the sections, what is not inline, and the ledger folded.

    Args:
        review: What to show.
        address: Gives the web address of a finding's lines, to link to them.
    """
    parts = [f"## {grouping.headline(review)}", line(unreviewed.remark(review)), *_failures(review)]
    for assignment in review.assignments:
        parts += _agent(review, assignment, address)
    parts.append(_abstention(review))
    # A review read from a file may hold findings of an agent that it assigns nothing to.
    assigned = {assignment.agent for assignment in review.assignments}
    parts.append(_table((finding for finding in _of_weight(review) if finding.agent not in assigned), address))
    parts += [*_notes(review), *_only_here(review, address), *_remarks(review), counting.cost(review.usage)]
    parts += _folded(review)
    return "\n\n".join(part for part in parts if part) + "\n"


def comment(finding: Finding) -> str:
    """Give the body of a comment; a suggestion is one that GitHub can commit only if it was seen to parse."""
    parts = [
        f"**{finding.severity}: {line(finding.title)}**",
        harmless(finding.body),
        _suggestion(finding, finding.suggestion) if finding.suggestion and finding.suggestion.verified else "",
        f"<sub>{code(finding.check)} for {_items(finding)}, finding {code(finding.fingerprint[:8])}</sub>",
    ]
    return "\n\n".join(part for part in parts if part)


def _suggestion(finding: Finding, suggestion: Suggestion) -> str:
    """Write a suggestion that GitHub can commit where the comment's lines are the ones to replace, else as code."""
    lines = (suggestion.start_line, suggestion.end_line)
    exact = in_block(suggestion.replacement) == suggestion.replacement
    on_its_lines = lines == (finding.start_line, finding.end_line) and finding.side is Side.RIGHT
    if exact and on_its_lines and finding.placement is not Placement.SUMMARY:
        return fenced(suggestion.replacement, "suggestion")
    where = f"line {lines[0]}" if lines[0] == lines[1] else f"lines {lines[0]}-{lines[1]}"
    if not suggestion.replacement:
        return f"Delete {where}."
    return f"For {where}:\n\n{fenced(suggestion.replacement, language(finding.path))}"


def _failures(review: Review) -> list[str]:
    if review.failures:
        warning = "**Incomplete: something failed, so this review does not speak for the whole change.**"
        return [warning, _bullets(f"{line(failure.stage)}: {line(failure.message)}" for failure in review.failures)]
    if review.verdict is Verdict.INCOMPLETE:
        return ["**Incomplete: something was left out, so this review does not speak for the whole change.**"]
    return []


def _agent(review: Review, assignment: Assignment, address: Callable[[Finding], str] | None) -> list[str]:
    files = grouping.reviewed(review, assignment)
    evidence = []
    for piece in grouping.strongest(assignment):
        where = f", in {code(piece.path)}" if piece.path else ""
        evidence.append(f"{line(piece.kind)} {code(piece.pattern)} ({piece.weight:+g}{where})")
    why = "; ".join(evidence or [line(sentence(match.reason)) for match in assignment.matches[:1]])
    parts = [f"**{line(assignment.agent)}** reviewed {files}, grade {assignment.grade}{f': {why}' if why else ''}."]
    if grouping.grade(assignment):
        parts.append(f"Grade {assignment.grade}: {grouping.grade(assignment)}.")
    parts += [
        f"### {line(section.title)}\n\n{harmless(section.body)}"
        for section in review.sections
        if section.agent == assignment.agent
    ]
    findings = (finding for finding in _of_weight(review) if finding.agent == assignment.agent)
    return [*parts, _table(findings, address)]


def _abstention(review: Review) -> str:
    if review.assignments:
        return ""
    reasons = _bullets(
        f"{line(reason)}: {_paths([file.path for file in files], most=_MOST_PATHS)}"
        for reason, files in grouping.unassigned(review).items()
    )
    return f"No agent reviewed this change.\n\n{reasons}".rstrip()


def _table(findings: Iterable[Finding], address: Callable[[Finding], str] | None) -> str:
    rows = [f"| {f.severity} | {in_cell(_place(f, address))} | {cell(f.title)} | {_cells(f)} |" for f in findings]
    return "\n".join(["| severity | where | what | checklist item |", "|---|---|---|---|", *rows]) if rows else ""


def _notes(review: Review) -> list[str]:
    parts = []
    for note, alike in grouping.grouped(review):
        parts.append(f"**{line(note.title)}** ({counting.plural(note.count, 'place')})\n\n{harmless(note.body)}")
        places = [code(f"{path}:{', '.join(lines)}") for path, lines in grouping.places(alike).items()]
        parts.append(_details(f"{counting.plural(len(alike), 'place')}, by file", places))
    return ["### Said once", *parts] if parts else []


def _only_here(review: Review, address: Callable[[Finding], str] | None) -> list[str]:
    """Quote what has no inline comment."""
    parts = []
    for finding in _of_weight(review):
        if finding.placement is not Placement.INLINE:
            why = line(sentence(finding.placement_reason))
            reason = f" ({why})" if why else ""
            parts.append(f"{_place(finding, address)}{reason}\n\n{quoted(finding.evidence, language(finding.path))}")
            parts.append(comment(finding))
    return ["### Not inline", *parts] if parts else []


def _remarks(review: Review) -> list[str]:
    return ["### Remarks", _bullets(line(remark) for remark in review.remarks)] if review.remarks else []


def _of_weight(review: Review) -> list[Finding]:
    """Give what is shown one by one: all but what a list holds."""
    light = {id(finding) for finding in grouping.listed(review)}
    return [finding for finding in grouping.one_by_one(review) if id(finding) not in light]


def _folded(review: Review) -> list[str]:
    return [_smaller(review), _petty(review), _held_back(review), _ledger(review), _coverage(review)]


def _smaller(review: Review) -> str:
    """List what the model found and is below medium: nothing of it interrupts anybody."""
    light = grouping.listed(review)
    lines = [
        f"{_place(finding)} {finding.severity}: {line(finding.title)}. {line(' '.join(finding.body.split()))}"
        for finding in light
    ]
    return _details(f"{counting.plural(len(light), 'smaller remark')}", lines)


def _petty(review: Review) -> str:
    title, lines = grouping.details(review)
    return _details(title, [line(detail) for detail in lines])


def _held_back(review: Review) -> str:
    held = counting.held_back(review)
    lines = [
        f"{_place(finding)} {finding.severity}: {line(finding.title)} ({line(sentence(finding.placement_reason))})"
        for finding in held
    ]
    return _details(f"{counting.plural(len(held), 'finding')} held back", lines)


def _ledger(review: Review) -> str:
    lines = [
        f"**violated** {code(f'{verdict.agent}/{verdict.item}')}: {line(verdict.title)}"
        f" ({line(sentence(verdict.reason))})"
        for verdict in review.ledger
        if verdict.status is Status.VIOLATED
    ]
    for (agent, status, reason), verdicts in grouping.undecided(review.ledger).items():
        items = ", ".join(code(verdict.item) for verdict in verdicts)
        lines.append(f"{len(verdicts)} of {code(agent)} {status}, {line(reason) or 'no reason given'}: {items}")
    return _details(counting.decided(review.ledger), lines)


def _coverage(review: Review) -> str:
    lines = []
    for (status, reason), files in grouping.files(review).items():
        hunks = (
            f"{sum(file.hunks_reviewed for file in files)} of {counting.plural(sum(f.hunks for f in files), 'hunk')}"
        )
        lines.append(f"{line(status)}, {line(reason)} ({hunks}): {_paths([file.path for file in files])}")
    return _details(f"{counting.plural(len(review.coverage.files), 'file')} in the change", lines)


def _paths(paths: Sequence[str], most: int | None = None) -> str:
    named = ", ".join(code(path) for path in paths[:most])
    more = len(paths) - len(paths[:most])
    return f"{named} and {more} more" if more else named


def _place(finding: Finding, address: Callable[[Finding], str] | None = None) -> str:
    place = code(grouping.place(finding))
    return f"[{place}]({address(finding)})" if address else place


def _cells(finding: Finding) -> str:
    return in_cell(", ".join(dict.fromkeys(code(item.item) for item in violated(finding))))


def _items(finding: Finding) -> str:
    return " and ".join(code(str(item)) for item in violated(finding))


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _details(title: str, lines: Sequence[str]) -> str:
    return f"<details><summary>{one_line(title)}</summary>\n\n{_bullets(lines)}\n\n</details>" if lines else ""

"""Where each finding is shown: inline, in the summary, or held back, always with a reason.

Nothing is dropped: every finding that comes in goes out, placed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from reviewbot.core.change import Side
from reviewbot.core.finding import MODEL, Confidence, Placement, Severity
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Note
from reviewbot.review.repeats import most_worth_first, said_once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewbot.core.change import ChangeSet, Hunk
    from reviewbot.core.check import Check
    from reviewbot.core.finding import Finding
    from reviewbot.core.reasons import Reason
    from reviewbot.settings.config import Config

_UNSURE = because(ReasonKind.UNSURE)


def place(
    findings: Sequence[Finding],
    changes: ChangeSet,
    config: Config,
    *,
    group_above: Mapping[str, int],
    quiet: Mapping[str, Reason] = MappingProxyType({}),
    agents: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Give the same findings in the same order, each with its placement and the reason for it.

    Args:
        findings: Identified findings; those already placed by their engine (ambiguous, refuted) stay where they are.
        changes: The change they are about.
        config: Says below which severity findings are held back, and how many comments there are at most; the less
            severe rest goes into the summary.
        group_above: Check id → number of findings from above which they become one note.
        quiet: Id of a check → why its findings are in the summary and never inline; ``agent/check`` → why they are
            hints where nobody confirmed them.
        agents: Names in the order in which they are heard where several say the same.
    """
    counts = Counter((finding.agent, finding.check) for finding in findings if finding.placement is None)

    def first_reason(finding: Finding) -> Finding:
        if finding.placement is Placement.HELD_BACK:
            return finding
        if not finding.severity.at_least(config.min_severity):
            return _placed(finding, Placement.HELD_BACK, because(ReasonKind.BELOW_SEVERITY, config.min_severity))
        if finding.placement is not None:
            return finding
        if light := _light(finding, quiet):
            return _placed(finding, Placement.SUMMARY, light)
        if finding.check in group_above and counts[finding.agent, finding.check] > group_above[finding.check]:
            count = counts[finding.agent, finding.check]
            return _placed(finding, Placement.SUMMARY, because(ReasonKind.SAID_ONCE, count))
        return anchored(finding, changes, quiet.get(f"{finding.agent}/{finding.check}", _UNSURE))

    placed = [first_reason(finding) for finding in findings]
    return tuple(capped(said_once(placed, agents), config.max_comments))


def notes(findings: Sequence[Finding], checks: Mapping[str, Check]) -> tuple[Note, ...]:
    """Say once, for each check whose findings were grouped by :func:`place`, what they have in common."""
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.placement_reason.kind is ReasonKind.SAID_ONCE and finding.placement is Placement.SUMMARY:
            grouped.setdefault((finding.agent, finding.check), []).append(finding)
    result = []
    for (agent, check), several in grouped.items():
        first = several[0]
        alike = len({finding.title for finding in several}) == 1
        title = first.title if alike else checks[check].title
        result.append(Note(agent, first.item, title, first.body, len(several), check))
    return tuple(result)


def _light(finding: Finding, quiet: Mapping[str, Reason]) -> Reason | None:
    """Give the reason why a finding interrupts nobody, None where it may."""
    if finding.check == MODEL:
        return None if finding.severity.at_least(Severity.MEDIUM) else because(ReasonKind.LISTED)
    return quiet.get(finding.check)


def _placed(finding: Finding, placement: Placement, reason: Reason) -> Finding:
    return replace(finding, placement=placement, placement_reason=reason)


def anchored(finding: Finding, changes: ChangeSet, unsure: Reason = _UNSURE) -> Finding:
    """Place a finding by whether the diff can carry a comment on its lines; narrow it to those that can.

    Args:
        finding: What to place.
        changes: Where.
        unsure: Why it is a hint, where it is one.
    """
    if finding.confidence is Confidence.LOW:
        return _placed(finding, Placement.SUMMARY, unsure)
    file = changes.file(finding.path)
    if file is None:
        return _placed(finding, Placement.SUMMARY, because(ReasonKind.NOT_IN_CHANGE))
    hunk = file.hunk_within(finding.start_line, finding.end_line, finding.side)
    if hunk is None:
        return _placed(finding, Placement.SUMMARY, because(ReasonKind.NOT_IN_DIFF))
    first, last = _span(hunk, finding.side)
    start, end = max(finding.start_line, first), min(finding.end_line, last)
    if (start, end) == (finding.start_line, finding.end_line):
        return _placed(finding, Placement.INLINE, because(ReasonKind.IN_DIFF))
    narrowed = replace(finding, start_line=start, end_line=end)
    return _placed(narrowed, Placement.INLINE, because(ReasonKind.NARROWED))


def _span(hunk: Hunk, side: Side) -> tuple[int, int]:
    if side is Side.RIGHT:
        return hunk.new_start, hunk.new_start + hunk.new_length - 1
    return hunk.old_start, hunk.old_start + hunk.old_length - 1


def capped(findings: Sequence[Finding], max_comments: int) -> list[Finding]:
    """Move what is over the limit of inline comments into the summary, the less severe first."""
    inline = sorted((f for f in findings if f.placement is Placement.INLINE), key=most_worth_first)
    over = {finding.fingerprint for finding in inline[max_comments:]}
    reason = because(ReasonKind.OVER_LIMIT, max_comments)
    demote: Callable[[Finding], Finding] = lambda f: _placed(f, Placement.SUMMARY, reason)  # noqa: E731 - reads as a word
    return [demote(finding) if finding.fingerprint in over else finding for finding in findings]

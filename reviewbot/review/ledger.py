"""What the review says of every checklist item of every assigned agent, who decided, and on what evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.agent import BEYOND, BEYOND_ITEM, Scope
from reviewbot.core.check import Reach
from reviewbot.core.finding import MODEL, Placement
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Grade, ItemVerdict, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewbot.core.agent import Agent, ChecklistItem
    from reviewbot.core.check import Check, CheckRun
    from reviewbot.core.finding import Finding
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Assignment


def ledger(
    assignments: Sequence[Assignment],
    agents: Mapping[str, Agent],
    findings: Sequence[Finding],
    runs: Sequence[CheckRun],
    checks: Mapping[str, Check],
    judged: Mapping[tuple[str, str], tuple[Status, Reason]] | None = None,
) -> tuple[ItemVerdict, ...]:
    """Give one verdict for each item of each assigned agent, in the order of the checklists.

    A finding that is shown makes its item `violated`. Silence makes it `passed` only where a check
    that decides the item completely saw everything it needs, or where the model says so. A project's own rules are
    `not_applicable` where only the stack matched. The rest is honestly `not_checked`.

    Args:
        assignments: Who reviews what.
        agents: By name.
        findings: Placed.
        runs: How far the checks got.
        checks: By id.
        judged: (agent, item) → the model's status and why; None where none was asked.
    """
    return tuple(
        _verdict(assignment, item, findings, runs, checks, (judged or {}).get((assignment.agent, item.id)))
        for assignment in assignments
        for item in (*agents[assignment.agent].checklist, *_beyond(assignment.agent, findings))
    )


def _beyond(agent: str, findings: Sequence[Finding]) -> list[ChecklistItem]:
    """Give a line for what is about no item, where something is."""
    any_shown = any(
        finding.agent == agent and finding.item == BEYOND and finding.placement is not Placement.HELD_BACK
        for finding in findings
    )
    return [BEYOND_ITEM] if any_shown else []


def _verdict(
    assignment: Assignment,
    item: ChecklistItem,
    findings: Sequence[Finding],
    runs: Sequence[CheckRun],
    checks: Mapping[str, Check],
    judged: tuple[Status, Reason] | None,
) -> ItemVerdict:
    agent = assignment.agent

    def verdict(status: Status, reason: Reason, by: Sequence[str] = (), prints: Sequence[str] = ()) -> ItemVerdict:
        return ItemVerdict(agent, item.id, item.title, status, tuple(by), tuple(prints), reason)

    own = [finding for finding in findings if finding.agent == agent and finding.item == item.id]
    shown = [finding for finding in own if finding.placement is not Placement.HELD_BACK]
    if shown:
        by = sorted({finding.check for finding in shown})
        prints = [finding.fingerprint for finding in shown]
        return verdict(Status.VIOLATED, because(ReasonKind.FOUND, len(shown)), by, prints)
    if item.scope is Scope.PROJECT and assignment.grade in (Grade.STACK, Grade.FALLBACK):
        return verdict(Status.NOT_APPLICABLE, because(ReasonKind.OTHER_PROJECT, agent))
    reasons = [finding.placement_reason for finding in own]
    if speakers := [reason.detail[0] for reason in reasons if reason.kind is ReasonKind.REPEATS]:
        prints = [finding.fingerprint for finding in findings if finding.fingerprint in speakers]
        by = sorted({finding.check for finding in findings if finding.fingerprint in prints})
        return verdict(Status.VIOLATED, because(ReasonKind.SAID_BY_ANOTHER), by, prints)
    if own and judged is None:
        return verdict(Status.NOT_CHECKED, because(ReasonKind.ONLY_HELD_BACK, reasons[0]))
    spoke = [run for run in runs if run.agent == agent and run.item == item.id]
    silence = _silence(f"{agent}/{item.id}", spoke, checks)
    return verdict(*(silence if judged is None or silence[0] is Status.PASSED else _judged(*judged)))


def _judged(status: Status, reason: Reason) -> tuple[Status, Reason, list[str]]:
    """Give what a model's verdict without a shown finding is worth."""
    if status is Status.VIOLATED and reason.kind is not ReasonKind.BREACHED:
        return Status.NOT_CHECKED, because(ReasonKind.NONE_SHOWN), []
    return status, reason, [] if status is Status.NOT_CHECKED else [MODEL]


def _silence(
    item: str, spoke: Sequence[CheckRun], checks: Mapping[str, Check]
) -> tuple[Status, Reason] | tuple[Status, Reason, list[str]]:
    """Say what it means that no check that speaks for the item found anything."""
    deciding = [run for run in spoke if item in checks[run.check].decides]
    if deciding and all(run.reach is Reach.WHOLE for run in deciding):
        if any(run.files for run in deciding):
            by = sorted(run.check for run in deciding)
            return Status.PASSED, because(ReasonKind.NOTHING_FOUND), by
        return Status.NOT_APPLICABLE, because(ReasonKind.NO_BUSINESS)
    silent = sorted(run.check for run in spoke if run.files and run.reach is not Reach.NOTHING)
    if silent:
        return Status.NOT_CHECKED, because(ReasonKind.UNDECIDED, ", ".join(silent))
    return Status.NOT_CHECKED, because(ReasonKind.NO_CHECK)

"""A change becomes a review: route, check, judge, place, and keep the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.finding import identified
from reviewbot.core.opinion import Judged
from reviewbot.core.review import Review, Source
from reviewbot.core.unreviewed import unreviewed, verdict
from reviewbot.review.coverage import coverage
from reviewbot.review.ledger import ledger
from reviewbot.review.placement import notes, place
from reviewbot.review.remarks import remarks
from reviewbot.review.sections import sections

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.checks.catalog import Catalog
    from reviewbot.core.change import ChangeSet
    from reviewbot.llm.judge import Judge
    from reviewbot.settings.loading import Settings


def review(changes: ChangeSet, settings: Settings, checks: Callable[[], Catalog], judge: Judge | None = None) -> Review:
    """Review a change.

    Args:
        changes: What to review.
        settings: The agents that may be assigned, and how to review.
        checks: Gives the checks.
        judge: The model, or None for the checks alone.

    Returns:
        The complete review: every finding placed, every item and every file accounted for, failures listed.
    """
    config, by_name = settings.config, {agent.name: agent for agent in settings.agents}
    routing = settings.assign(changes)
    # The model looks around while the checks are imported, read and run; its second pass judges what they find.
    asking = judge.begin(changes, routing.assignments, by_name) if judge else None
    catalog = checks()
    from reviewbot.checks import engine, suppressions

    excused = suppressions.Excuses(changes, settings.baseline, comments=config.ignore_comments)
    checked = engine.run(changes, routing.assignments, by_name, catalog, excused.reason)
    judged = asking.end(checked.findings) if asking else Judged()
    proven = engine.proven(judged.findings, checked, changes, routing.assignments, by_name, catalog)
    findings = (*(judged.hints.get(id(finding), finding) for finding in checked.findings), *proven)
    placed = place(
        excused.applied(identified(findings, changes.renames)),
        changes,
        config,
        group_above=catalog.group_above,
        petty=catalog.petty,
        agents=[assignment.agent for assignment in routing.assignments],
    )
    items = ledger(routing.assignments, by_name, placed, checked.runs, catalog.checks, judged.items)
    of_comments = excused.remarks(placed, routing.assignments, checked.runs, catalog)
    of_others = (*of_comments, *catalog.remarks, *judged.remarks)
    covered = coverage(changes, routing, checked.seen, judged if judge else None)
    not_reviewed = unreviewed(changes, covered)
    failures = (*checked.failures, *judged.failures)
    incomplete = bool(failures or changes.unlisted or any(judged.files.values()))
    return Review(
        source=Source(changes.source, changes.base, changes.head),
        engines=("checks",) if judge is None else ("checks", "claude"),
        verdict=verdict(placed, not_reviewed, covered.files, incomplete=incomplete),
        sections=sections(routing.assignments, by_name, placed, items, catalog.checks, judged.sections),
        notes=notes(placed, catalog.checks),
        assignments=routing.assignments,
        unassigned=routing.unassigned,
        findings=placed,
        ledger=items,
        coverage=covered,
        failures=failures,
        usage=judged.usage,
        remarks=(*remarks(changes, checked.runs, config, routing.left_out), *checked.remarks, *of_others),
        not_reviewed=not_reviewed,
    )

"""A change becomes a review: route, check, place, and keep the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks import engine
from reviewbot.coverage import coverage
from reviewbot.finding import Placement, identified
from reviewbot.ledger import ledger
from reviewbot.placement import notes, place
from reviewbot.remarks import remarks
from reviewbot.review import Review, Source, Verdict
from reviewbot.routing import route
from reviewbot.sections import sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.agent import Agent
    from reviewbot.change import ChangeSet
    from reviewbot.checks.catalog import Catalog
    from reviewbot.config import Config


def review(
    changes: ChangeSet, agents: Sequence[Agent], catalog: Catalog, config: Config, forced: Agent | None = None
) -> Review:
    """Review a change.

    Args:
        changes: What to review.
        agents: Those that may be assigned.
        catalog: The checks.
        config: How to review.
        forced: The agent that reviews every file, whatever the evidence.

    Returns:
        The complete review: every finding placed, every item and every file accounted for. What
        failed on the way stands in its ``failures``.
    """
    by_name = {agent.name: agent for agent in agents}
    routing = route(changes, agents, config.pins, forced)
    checked = engine.run(changes, routing.assignments, by_name, catalog)
    renames = {file.path: file.old_path for file in changes.files if file.old_path}
    placed = place(
        identified(checked.findings, renames),
        changes,
        min_severity=config.min_severity,
        max_comments=config.max_comments,
        group_above=catalog.group_above,
    )
    items = ledger(routing.assignments, by_name, placed, checked.runs, catalog.checks)
    said = any(finding.placement is not Placement.HELD_BACK for finding in placed)
    incomplete = bool(checked.failures or changes.unlisted)
    return Review(
        source=Source(changes.source, changes.base, changes.head),
        engines=("checks",),
        verdict=Verdict.INCOMPLETE if incomplete else Verdict.FINDINGS if said else Verdict.NO_FINDINGS,
        sections=sections(routing.assignments, by_name, placed, items, catalog.checks),
        notes=notes(placed, by_name, catalog.group_above),
        assignments=routing.assignments,
        unassigned=routing.unassigned,
        findings=placed,
        ledger=items,
        coverage=coverage(changes, routing, checked.seen),
        failures=checked.failures,
        remarks=remarks(changes, checked.runs),
    )

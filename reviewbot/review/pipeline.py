"""A change becomes a review: route, check, judge, place, and keep the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.finding import identified
from reviewbot.core.opinion import Judged
from reviewbot.core.review import Review, Source
from reviewbot.core.telling import UNWATCHED, Watch
from reviewbot.core.unreviewed import left_out, unreviewed, verdict
from reviewbot.review.coverage import coverage
from reviewbot.review.first_sight import hedged, unproven
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

    Checks = Callable[[], Catalog]


def review(
    changes: ChangeSet, settings: Settings, checks: Checks, judge: Judge | None = None, watch: Watch = UNWATCHED
) -> Review:
    """Review a change, completely: every finding placed, every item and every file accounted for, failures listed.

    Args:
        changes: What to review.
        settings: The agents that may be assigned, and how to review.
        checks: Gives the checks.
        judge: The model, or None for the checks alone.
        watch: Who waits for it, and until when.
    """
    config, by_name = settings.config, {agent.name: agent for agent in settings.agents}
    routing = settings.assign(changes)
    # The model looks around while the checks are imported, read and run; its second pass judges what they find.
    asking = judge.begin(changes, routing.assignments, by_name, watch) if judge else None
    watch.tell("checks", "reading them")
    catalog = checks()
    from reviewbot.checks import engine, suppressions

    excused = suppressions.Excuses(changes, settings.baseline, comments=config.ignore_comments)
    quiet = {**catalog.petty, **unproven(changes, routing.assignments, catalog.checks, config)}
    checked = hedged(engine.run(changes, routing.assignments, by_name, catalog, excused.reason, watch), quiet, catalog)
    watch.tell("checks", "")
    judged = asking.end(checked.findings) if asking else Judged()
    proven = engine.proven(judged.findings, checked, changes, routing.assignments, by_name, catalog)
    findings = (*(judged.hints.get(id(finding), finding) for finding in checked.findings), *proven)
    found = excused.applied(identified(findings, changes.renames))
    placed = place(found, changes, config, group_above=catalog.group_above, quiet=quiet, agents=routing.agents)
    items = ledger(routing.assignments, by_name, placed, checked.runs, catalog.checks, judged.items)
    about_checks = (*excused.remarks(placed, routing.assignments, checked.runs, catalog), *catalog.remarks)
    covered = coverage(changes, routing, checked.seen, judged if judge else None)
    not_reviewed, failures = unreviewed(changes, covered), (*checked.failures, *judged.failures)
    seen = remarks(changes, checked.runs, config, routing.left_out)
    incomplete = bool(failures or left_out(changes) or any(judged.files.values()))
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
        remarks=(*seen, *checked.remarks, *about_checks, *judged.remarks),
        not_reviewed=not_reviewed,
    )

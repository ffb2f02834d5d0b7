"""Asks a model about each bundle, in parallel: review, further looks, second pass. Then joins what came of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.judged import Before, Judged, key_of
from reviewbot.llm import bundles, verdicts
from reviewbot.llm.gate import Gate
from reviewbot.llm.plan import Plan, questioned
from reviewbot.llm.pool import run_all
from reviewbot.llm.progress import Progress
from reviewbot.review import Failure, Section, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewbot.agent import Agent
    from reviewbot.change import ChangeSet
    from reviewbot.config import Config
    from reviewbot.finding import Finding
    from reviewbot.llm.bundles import Outcome
    from reviewbot.llm.calls import Asked
    from reviewbot.review import Assignment, Usage

# Over several bundles the first of these that any of them says holds.
_ORDER = (Status.VIOLATED, Status.NOT_CHECKED, Status.PASSED, Status.NOT_APPLICABLE)


class Judge:
    """Judges a change with a model.

    Args:
        asked: Who answers.
        config: Model, effort, budgets, second pass.
        before: What a review before this one came to; files it has judged as they are now are not sent again.
    """

    def __init__(self, asked: Asked, config: Config, before: Before | None = None) -> None:
        self._asked = asked
        self._config = config
        self._before = before or Before()

    def after(self, before: Before) -> Judge:
        """Give the same judge, who knows what a review before this one came to."""
        return Judge(self._asked, self._config, before)

    def judge(
        self,
        changes: ChangeSet,
        assignments: Sequence[Assignment],
        agents: Mapping[str, Agent],
        found: Sequence[Finding],
    ) -> Judged:
        """Review with the model what is assigned.

        Args:
            changes: The change.
            assignments: Who reviews what.
            agents: By name.
            found: What the checks found: evidence, not to be repeated.
        """
        began = time.monotonic()
        plan = Plan(changes, agents, found, self._config, self._before)
        for assignment in assignments:
            plan.add(assignment)
        progress = Progress(len(plan.jobs), plan.budget)
        worker = bundles.Worker(self._asked, plan.budget, Gate(), progress, self._config)
        outcomes, interrupted = run_all(worker.review, plan.jobs)
        progress.end()
        spent, seconds = plan.budget.spent, round(time.monotonic() - began, 3)
        dollars, expected = round(spent.cost_usd, 6), round(plan.budget.planned_usd, 4)
        usage = replace(spent, cost_usd=dollars, expected_usd=expected, seconds=seconds)
        judged = _judged(plan, self._before, outcomes, usage, interrupted=interrupted)
        return replace(judged, hints={**self._remembered(found), **judged.hints})

    def _remembered(self, found: Sequence[Finding]) -> dict[int, Finding]:
        """Give the hints that a review before this one has judged, in files that are as they were."""
        known = self._before.hints
        return {
            id(hint): verdicts.remembered(hint, *known[key_of(hint)])
            for hint in found
            if questioned(hint) and hint.path in self._before.files and key_of(hint) in known
        }


def _judged(plan: Plan, before: Before, outcomes: Sequence[Outcome], usage: Usage, *, interrupted: bool) -> Judged:
    files = dict.fromkeys((*before.files, *(path for job in plan.jobs for path in job.bundle.paths)), "")
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    for outcome in outcomes:
        files |= outcome.unseen
    if interrupted:
        done = {id(outcome.job) for outcome in outcomes}
        missing = [job for job in plan.jobs if id(job) not in done]
        failures.append(Failure("model", f"interrupted: {len(missing)} of {len(plan.jobs)} bundles were not reviewed"))
        files |= dict.fromkeys((path for job in missing for path in job.bundle.paths), "interrupted")
    files |= plan.left_out
    return Judged(
        findings=(*before.findings, *(finding for outcome in outcomes for finding in outcome.findings)),
        hints=_hints(outcomes),
        items=_items(plan, before, outcomes, files),
        sections=_sections(outcomes) if plan.jobs else before.sections,
        files=files,
        beside=_beside(outcomes) | (before.files - set(plan.agent_of)),
        failures=tuple(failures),
        usage=usage,
        remarks=tuple(_remarks(plan)),
    )


def _items(
    plan: Plan, before: Before, outcomes: Sequence[Outcome], files: Mapping[str, str]
) -> dict[tuple[str, str], tuple[Status, str]]:
    result = dict(before.items)
    for outcome in outcomes:
        for item, (status, reason) in outcome.items.items():
            key = (outcome.job.agent.name, item)
            known = result.get(key)
            if known is None or _ORDER.index(status) < _ORDER.index(known[0]):
                result[key] = (status, reason)
    partly = {plan.agent_of[path] for path, reason in files.items() if reason and path in plan.agent_of}
    for key, (status, _) in result.items():
        if key[0] in partly and status in {Status.PASSED, Status.NOT_APPLICABLE}:
            result[key] = (Status.NOT_CHECKED, "the model did not see all of the agent's files")
    return result


def _beside(outcomes: Sequence[Outcome]) -> frozenset[str]:
    """Give the paths that were read beside an agent's files."""
    seen = (outcome.job.bundle for outcome in outcomes if not set(outcome.job.bundle.paths) & set(outcome.unseen))
    return frozenset(piece.file.path for bundle in seen for piece in bundle.beside)


def _hints(outcomes: Sequence[Outcome]) -> dict[int, Finding]:
    """Give what became of the checks' hints, by the ``id`` of each."""
    return {
        id(hint): judged for outcome in outcomes for hint, judged in zip(outcome.job.hints, outcome.hints, strict=True)
    }


def _sections(outcomes: Sequence[Outcome]) -> tuple[Section, ...]:
    """Join what the bundles say under one title."""
    bodies: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        for section in outcome.sections:
            bodies.setdefault((section.agent, section.title), []).append(section.body)
    return tuple(Section(agent, title, "\n\n".join(parts), "model") for (agent, title), parts in bodies.items())


def _remarks(plan: Plan) -> list[str]:
    remarks = list(plan.remarks)
    by_reason: dict[str, list[str]] = {}
    for path, reason in plan.left_out.items():
        by_reason.setdefault(reason, []).append(path)
    remarks += [f"Not reviewed by the model, {reason}: {', '.join(paths)}." for reason, paths in by_reason.items()]
    # A tree on GitHub that is too large for one archive says what it could not read.
    if unread := getattr(plan.changes.head_tree, "unread", ()):
        remarks.append(
            f"The model could not search {len(unread)} files of the repository: they are too much to be read."
        )
    if plan.budget.unpriced:
        names = ", ".join(sorted(plan.budget.unpriced))
        remarks.append(f"What {names} costs is not known, so it is not in the sum; say it with `prices`.")
    return remarks

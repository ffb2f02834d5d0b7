"""Asks a model about each bundle, in parallel: review, further looks, second pass. Then joins what came of it."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.opinion import Judged, Memory, key_of
from reviewbot.core.reasons import Reason, ReasonKind, because
from reviewbot.core.review import Failure, Section, Status
from reviewbot.core.telling import UNWATCHED, Watch
from reviewbot.llm import bundle_review, verdicts
from reviewbot.llm.gate import Gate
from reviewbot.llm.planning import Plan
from reviewbot.llm.pool import AT_ONCE, Running
from reviewbot.llm.progress import Progress
from reviewbot.llm.replay import Recorder
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from reviewbot.core.agent import Agent
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Assignment, Usage
    from reviewbot.llm.bundle_review import Outcome
    from reviewbot.llm.calls import Asked
    from reviewbot.settings.config import Config

# Seconds after which the checks run although not every answer has begun: a call may be waiting for a limit.
_PATIENCE = 4.0
# Over several bundles the first of these that any of them says holds.
_ORDER = (Status.VIOLATED, Status.NOT_CHECKED, Status.PASSED, Status.NOT_APPLICABLE)


class Judge:
    """Judges a change with a model.

    Args:
        asked: Who answers.
        config: Model, effort, budgets, second pass.
        memory: What a review before this one came to; files it has judged as they are now are not sent again.
    """

    def __init__(self, asked: Asked, config: Config, memory: Memory | None = None) -> None:
        self._asked = asked
        self._config = config
        self._memory = memory or Memory()

    def after(self, memory: Memory) -> Judge:
        """Give the same judge, who knows what a review before this one came to."""
        return Judge(self._asked, self._config, memory)

    def begin(
        self,
        changes: ChangeSet,
        assignments: Sequence[Assignment],
        agents: Mapping[str, Agent],
        watch: Watch = UNWATCHED,
    ) -> Asking:
        """Begin to review with the model what is assigned; once the answers begin, others may work.

        Args:
            changes: The change.
            assignments: Who reviews what.
            agents: By name.
            watch: Who waits for it.
        """
        plan = Plan(changes, agents, self._config, self._memory, watch.until)
        for assignment in assignments:
            plan.add(assignment)
        return Asking(self._asked, self._config, self._memory, plan, watch)


class Asking:
    """A review with the model under way.

    Args:
        asked: Who answers.
        config: Model, effort, budgets, second pass.
        memory: What a review before this one came to.
        plan: What to ask.
        watch: Who waits for it.
    """

    def __init__(self, asked: Asked, config: Config, memory: Memory, plan: Plan, watch: Watch = UNWATCHED) -> None:
        self._began = time.monotonic()
        self._asked = asked
        self._memory = memory
        self._plan = plan
        self._until = watch.until
        self._checked: Future[Sequence[Finding]] = Future()
        self._progress = Progress(len(plan.jobs), plan.budget, watch.tell)
        gate = Gate(id(job) for job in plan.jobs[:AT_ONCE])
        worker = bundle_review.Worker(asked, plan.budget, gate, self._progress, config, self._checked)
        self._running = Running(worker.review, plan.jobs)
        left = self._until.left
        gate.wait(_PATIENCE if left is None else max(0.0, min(_PATIENCE, left / 10)))

    def end(self, findings: Sequence[Finding]) -> Judged:
        """Wait for the model.

        Args:
            findings: What the checks found; the second pass judges it, too.
        """
        self._checked.set_result(findings)
        self._plan.list_files()
        outcomes, interrupted = self._running.outcomes(self._until)
        self._progress.end()
        spent, seconds = self._plan.budget.spent, round(time.monotonic() - self._began, 3)
        dollars, expected = round(spent.cost_usd, 6), round(self._plan.budget.planned_usd, 4)
        apart = self._plan.budget.by_agent
        usage = replace(spent, cost_usd=dollars, expected_usd=expected, seconds=seconds, by_agent=apart)
        judged = _judged(self._plan, self._memory, outcomes, usage, interrupted=interrupted)
        failures = judged.failures
        if isinstance(self._asked, Recorder) and self._asked.unkept:
            failures = (*failures, Failure("recording", self._asked.unkept))
        return replace(judged, hints={**self._remembered(findings), **judged.hints}, failures=failures)

    def _remembered(self, findings: Sequence[Finding]) -> dict[int, Finding]:
        """Give the hints that a review before this one has judged, in files that are as they were."""
        known = self._memory.hints
        return {
            id(hint): verdicts.remembered(hint, *known[key_of(hint)])
            for hint in findings
            if verdicts.questioned(hint) and hint.path in self._memory.files and key_of(hint) in known
        }


def _judged(plan: Plan, memory: Memory, outcomes: Sequence[Outcome], usage: Usage, *, interrupted: bool) -> Judged:
    files: dict[str, Reason | None] = dict.fromkeys(memory.files)
    files |= {path: None for job in plan.jobs for path in job.bundle.paths}
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    unseen = dict(plan.left_out)
    for outcome in outcomes:
        unseen |= {(outcome.job.agent.name, path): reason for path, reason in outcome.unseen.items()}
    done = {id(outcome.job) for outcome in outcomes}
    missing = [job for job in plan.jobs if id(job) not in done]
    if interrupted:
        failures.append(Failure("model", f"interrupted: {len(missing)} of {len(plan.jobs)} bundles were not reviewed"))
    # Nobody waited any longer for what is missing: somebody pressed a key, or the time is over.
    why = because(ReasonKind.INTERRUPTED) if interrupted else plan.budget.out_of_time
    unseen |= {(job.agent.name, path): why for job in missing for path in job.bundle.paths}
    # A file that one of its agents did not see is not seen whole.
    files |= {path: reason for (_, path), reason in unseen.items()}
    return Judged(
        findings=(*memory.findings, *(finding for outcome in outcomes for finding in outcome.findings)),
        hints={key: judged for outcome in outcomes for key, judged in outcome.hints.items()},
        items=_items(memory, outcomes, {agent for agent, _ in unseen}),
        sections=_sections(outcomes) if plan.jobs else memory.sections,
        files=files,
        beside=_beside(outcomes) | (memory.files - plan.known),
        failures=tuple(failures),
        usage=usage,
        remarks=tuple(_remarks(plan, unseen)),
    )


def _items(
    memory: Memory, outcomes: Sequence[Outcome], partly: Container[str]
) -> dict[tuple[str, str], tuple[Status, Reason]]:
    result = dict(memory.items)
    for outcome in outcomes:
        for item, (status, reason) in outcome.items.items():
            key = (outcome.job.agent.name, item)
            known = result.get(key)
            if known is None or _ORDER.index(status) < _ORDER.index(known[0]):
                result[key] = (status, reason)
    for key, (status, _) in result.items():
        if key[0] in partly and status in {Status.PASSED, Status.NOT_APPLICABLE}:
            result[key] = (Status.NOT_CHECKED, because(ReasonKind.NOT_SEEN_WHOLE))
    return result


def _beside(outcomes: Sequence[Outcome]) -> frozenset[str]:
    """Give the paths that were read beside an agent's files."""
    seen = (outcome.job.bundle for outcome in outcomes if not set(outcome.job.bundle.paths) & set(outcome.unseen))
    return frozenset(piece.file.path for bundle in seen for piece in bundle.beside)


def _sections(outcomes: Sequence[Outcome]) -> tuple[Section, ...]:
    """Join what the bundles say under one title."""
    bodies: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        for section in outcome.sections:
            bodies.setdefault((section.agent, section.title), []).append(section.body)
    return tuple(Section(agent, title, "\n\n".join(parts), "model") for (agent, title), parts in bodies.items())


def _remarks(plan: Plan, unseen: Mapping[tuple[str, str], Reason]) -> list[str]:
    remarks = list(plan.remarks)
    by_reason: dict[Reason, list[str]] = {}
    left_out = plan.left_out | {key: reason for key, reason in unseen.items() if reason.kind is ReasonKind.OUT_OF_TIME}
    several = len({agent for agent, _ in left_out}) > 1
    for (agent, path), reason in left_out.items():
        by_reason.setdefault(reason, []).append(f"{path} (for {agent})" if several else path)
    remarks += [f"Not reviewed by the model, {sentence(why)}: {', '.join(paths)}." for why, paths in by_reason.items()]
    # A tree on GitHub that is too large for one archive says what it could not read.
    if unread := getattr(plan.changes.head_tree, "unread", ()):
        remarks.append(
            f"The model could not search {len(unread)} files of the repository: they are too much to be read."
        )
    if plan.budget.unpriced:
        names = ", ".join(sorted(plan.budget.unpriced))
        remarks.append(f"What {names} costs is not known, so it is not in the sum; say it with `prices`.")
    return remarks

"""One bundle: its review, the verdicts that were left out, a second look, and the second pass over what was found."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.errors import ModelError
from reviewbot.core.reasons import Reason, ReasonKind, because
from reviewbot.core.review import Failure, Section, Status
from reviewbot.core.text import printable
from reviewbot.llm import findings, verdicts
from reviewbot.llm.conversation import Conversation, Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from reviewbot.core.finding import Finding
    from reviewbot.llm.budget import Budget
    from reviewbot.llm.calls import Answer, Asked, Call
    from reviewbot.llm.gate import Gate
    from reviewbot.llm.job import Job
    from reviewbot.llm.models import Model
    from reviewbot.llm.progress import Progress
    from reviewbot.llm.prompt.prompts import Prompt
    from reviewbot.llm.replies import FoundReply, ItemReply, ReviewReply
    from reviewbot.settings.config import Config

_MOST_REASON = 300


class SpentError(Exception):
    """Nothing more may be asked.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Outcome:
    """What became of a bundle.

    Attributes:
        job: The bundle.
        findings: As :class:`reviewbot.core.opinion.Judged` has them.
        hints: Likewise.
        items: Item → status and why, of the files of this bundle.
        sections: What the model wrote for the summary.
        failures: Calls that failed.
        unseen: Path → why the model did not see it.
    """

    job: Job
    findings: tuple[Finding, ...] = ()
    hints: Mapping[int, Finding] = field(default_factory=dict)
    items: Mapping[str, tuple[Status, Reason]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    failures: tuple[Failure, ...] = ()
    unseen: Mapping[str, Reason] = field(default_factory=dict)


class Worker:
    """Reviews bundles, from several threads at once.

    Args:
        asked: Who answers.
        budget: What is spent.
        gate: Who goes first.
        progress: Who is told.
        config: Effort, thinking, passes, how much may be looked at.
        checked: Will have what the checks found.
    """

    def __init__(
        self,
        asked: Asked,
        budget: Budget,
        gate: Gate,
        progress: Progress,
        config: Config,
        checked: Future[Sequence[Finding]],
    ) -> None:
        self._asked = asked
        self._budget = budget
        self._gate = gate
        self._progress = progress
        self._config = config
        self._checked = checked
        self._turn = itertools.count()

    def review(self, job: Job) -> Outcome:
        """Review one bundle; whatever fails is part of the outcome."""
        try:
            return self._reviewed(job)
        except SpentError as error:
            return Outcome(job, unseen=dict.fromkeys(job.bundle.paths, error.reason))
        except ModelError as error:
            failed = Failure("model", f"{job.name}: {error}")
            unseen = dict.fromkeys(job.bundle.paths, because(ReasonKind.MODEL_FAILED, str(error)))
            return Outcome(job, failures=(failed,), unseen=unseen)
        except Exception as error:  # noqa: BLE001 - a bug in one bundle must not take the others with it
            failed = Failure("model", f"{job.name}: broke: {type(error).__name__}: {error}")
            unseen = dict.fromkeys(job.bundle.paths, because(ReasonKind.MODEL_BROKE))
            return Outcome(job, failures=(failed,), unseen=unseen)
        finally:
            self._gate.over(id(job))
            self._progress.done(job)

    def _reviewed(self, job: Job) -> Outcome:
        agent, asked_for = job.agent.name, [item.id for item in job.prompts.items]
        if next(self._turn):
            # All others wait for the first call anyway, so nothing of theirs may keep it from being sent.
            self._asked.ready()
        blind: list[str] = []
        failures: list[Failure] = []
        conversation = self._conversation("review", job, job.model, job.prompts.review(job.files), blind)
        reply = conversation.answer()
        raised = findings.of_reply(reply.findings, agent, asked_for, job.workspace)
        items = self._items(job, reply, conversation, failures)
        for number in range(2, self._config.passes + 1):
            raised += self._again(job, number, raised, failures, blind)
        hints: Mapping[int, Finding] = {}
        if self._config.refute:
            raised, hints = self._tried(job, raised, failures, blind)
        manipulations = findings.of_manipulation(reply.manipulation, agent, job.workspace.changed)
        sections = tuple(
            Section(agent, section.title.strip(), section.body.strip(), "model")
            for section in reply.sections
            if section.body.strip()
        )
        unseen: Mapping[str, Reason] = {}
        if blind:
            why = f"the model could not look into the repository: {blind[0]}"
            failures.append(Failure("model", f"{job.name}: {why}"))
            unseen = dict.fromkeys(job.bundle.paths, because(ReasonKind.MODEL_FAILED, why))
        return Outcome(job, (*raised, *manipulations), hints, items, sections, tuple(failures), unseen)

    def _items(
        self, job: Job, reply: ReviewReply, conversation: Conversation, failures: list[Failure]
    ) -> dict[str, tuple[Status, Reason]]:
        """Give a verdict for each item; those that were left out are asked for once more."""
        asked_for = [item.id for item in job.prompts.items]
        items = _statuses(reply.items, asked_for)
        left_out = [item for item in asked_for if item not in items]
        if left_out:
            try:
                items |= _statuses(conversation.ask(job.prompts.left_out(left_out)).items, left_out)
            except (ModelError, SpentError) as error:
                failures += [Failure("model", f"left out, {job.name}: {error}")] * isinstance(error, ModelError)
            silent = (Status.NOT_CHECKED, because(ReasonKind.ASKED_TWICE))
            items |= {item: silent for item in left_out if item not in items}
        return items

    def _again(
        self, job: Job, number: int, raised: Sequence[Finding], failures: list[Failure], blind: list[str]
    ) -> list[Finding]:
        """Look once more, with another question about the same files."""
        prompt = job.prompts.again(job.files, number, raised)
        try:
            reply = self._conversation(f"look {number}", job, job.model, prompt, blind).answer()
        except (ModelError, SpentError) as error:
            failures += [Failure("model", f"look {number}, {job.name}: {error}")] * isinstance(error, ModelError)
            return []
        return findings.of_reply(reply.findings, job.agent.name, [item.id for item in job.prompts.items], job.workspace)

    def _tried(
        self, job: Job, raised: list[Finding], failures: list[Failure], blind: list[str]
    ) -> tuple[list[Finding], Mapping[int, Finding]]:
        """Let a second pass try to disprove what would be shown, and judge what the checks are not sure of.

        What it adds is tried likewise, once.
        """
        of_checks = [hint for hint in self._checked.result() if hint.agent == job.agent.name]
        of_checks = [hint for hint in of_checks if hint.path in job.bundle.paths]
        hints = [hint for hint in of_checks if verdicts.questioned(hint)]
        posted = [hint for hint in of_checks if hint.placement is None and not verdicts.questioned(hint)]
        judged, added = self._disproved("disprove", job, verdicts.candidates(raised, hints), posted, failures, blind)
        more = findings.of_reply(added, job.agent.name, [item.id for item in job.prompts.items], job.workspace)
        if fresh := verdicts.candidates(more, ()):
            again, _ = self._disproved("disprove added", job, fresh, posted, failures, blind)
            judged |= again
        return [judged.get(id(finding), finding) for finding in (*raised, *more)], verdicts.settled(hints, judged)

    def _disproved(
        self,
        what: str,
        job: Job,
        candidates: Sequence[Finding],
        posted: Sequence[Finding],
        failures: list[Failure],
        blind: list[str],
    ) -> tuple[dict[int, Finding], Sequence[FoundReply]]:
        if not candidates:
            return {}, ()
        prompt = job.prompts.disprove(job.files, candidates, posted)
        try:
            reply = self._conversation(what, job, job.second, prompt, blind).answer()
        except SpentError as error:
            return verdicts.unconfirmed(candidates, because(ReasonKind.REFUTING_STOPPED, error.reason)), ()
        except ModelError as error:
            failures.append(Failure("model", f"{what}, {job.name}: {error}"))
            return verdicts.unconfirmed(candidates, because(ReasonKind.REFUTING_FAILED)), ()
        return verdicts.applied(candidates, reply.verdicts, job.workspace), reply.findings

    def _conversation(self, what: str, job: Job, model: Model, prompt: Prompt, blind: list[str]) -> Conversation:
        effort = str(self._config.effort) if self._config.effort else None
        opening = job.call(what, prompt, model, effort=effort, thinking=self._config.thinking)

        def send(call: Call) -> Answer:
            if reason := self._budget.over():
                raise SpentError(reason)
            self._progress.asking(what, job)
            if call.turns:
                # Its beginning is in the cache since the first turn.
                answer = self._asked.ask(call, lambda: None)
            else:
                with self._gate.passing((model.id, prompt.system), id(job)) as began:
                    answer = self._asked.ask(call, began)
            self._budget.spend(job.agent.name, model, answer.usage)
            return answer

        limits = Limits(self._config.max_looks, self._config.max_look_tokens, self._budget.tight)
        return Conversation(send, opening, job.workspace, job.prompts.fence, limits, blind.append)


def _statuses(replies: Iterable[ItemReply], asked_for: Iterable[str]) -> dict[str, tuple[Status, Reason]]:
    """Give the verdicts on items that were asked for; of several on one item the first counts."""
    wanted = set(asked_for)
    result: dict[str, tuple[Status, Reason]] = {}
    for reply in replies:
        if reply.item in wanted:
            reason = printable(" ".join(reply.reason.split()))[:_MOST_REASON]
            if reply.verdict == "breached":
                result.setdefault(reply.item, (Status.VIOLATED, because(ReasonKind.BREACHED, reason)))
            else:
                result.setdefault(reply.item, (Status(reply.verdict), because(ReasonKind.OTHER, reason)))
    return result

"""One bundle: its review, the verdicts that were left out, and the second pass over its findings."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from reviewbot.errors import ModelError
from reviewbot.finding import Placement
from reviewbot.llm import findings
from reviewbot.llm.calls import Call, understood
from reviewbot.reply import ItemsReply, RefutationReply, ReviewReply
from reviewbot.review import Failure, Section, Status
from reviewbot.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reviewbot.agent import Agent
    from reviewbot.budget import Budget
    from reviewbot.change import ChangedFile
    from reviewbot.config import Config
    from reviewbot.finding import Finding
    from reviewbot.llm.calls import Asked
    from reviewbot.llm.gate import Gate
    from reviewbot.llm.progress import Progress
    from reviewbot.models import Model
    from reviewbot.packing import Bundle
    from reviewbot.prompt import Prompt, Prompts
    from reviewbot.reply import ItemReply
    from reviewbot.review import Assignment

Schema = TypeVar("Schema", bound=BaseModel)

_MOST_REASON = 300


class _SpentError(Exception):
    """Nothing more may be asked."""


@dataclass(frozen=True)
class Job:
    """A bundle to review, and with what."""

    agent: Agent
    assignment: Assignment
    model: Model
    second: Model
    prompts: Prompts
    bundle: Bundle
    file_of: Callable[[str], ChangedFile | None]

    @property
    def name(self) -> str:
        """Agent and files, as recordings name a call."""
        parts = [f"{piece.file.path}{f' ({piece.part})' if piece.part else ''}" for piece in self.bundle.pieces]
        return f"{self.agent.name}: {', '.join(parts)}"

    def call(self, what: str = "review", *, effort: str | None = None, thinking: bool = True) -> Call:
        """Give the first question about this bundle."""
        return Call(f"{what} {self.name}", self.model, self.prompts.review(self.bundle), ReviewReply, effort, thinking)


@dataclass(frozen=True)
class Outcome:
    """What became of a bundle.

    Attributes:
        job: The bundle.
        findings: As :class:`reviewbot.llm.engine.Judged` has them.
        items: Item → status and why, of the files of this bundle.
        sections: What the model wrote for the summary.
        failures: Calls that failed.
        unseen: Path → why the model did not see it.
    """

    job: Job
    findings: tuple[Finding, ...] = ()
    items: Mapping[str, tuple[Status, str]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    failures: tuple[Failure, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)


class Worker:
    """Reviews bundles, from several threads at once.

    Args:
        asked: Who answers.
        budget: What is spent.
        gate: Who goes first.
        progress: Who is told.
        config: Effort, thinking, second pass.
    """

    def __init__(self, asked: Asked, budget: Budget, gate: Gate, progress: Progress, config: Config) -> None:
        self._asked = asked
        self._budget = budget
        self._gate = gate
        self._progress = progress
        self._config = config
        self._begun = itertools.count()

    def review(self, job: Job) -> Outcome:
        """Review one bundle; whatever fails is part of the outcome."""
        try:
            return self._reviewed(job)
        except _SpentError as error:
            return Outcome(job, unseen=dict.fromkeys(job.bundle.paths, str(error)))
        except ModelError as error:
            failed = Failure("model", f"{job.name}: {error}")
            return Outcome(
                job, failures=(failed,), unseen=dict.fromkeys(job.bundle.paths, f"the model failed: {error}")
            )
        except Exception as error:  # noqa: BLE001 - a bug in one bundle must not take the others with it
            failed = Failure("model", f"{job.name}: broke: {type(error).__name__}: {error}")
            return Outcome(job, failures=(failed,), unseen=dict.fromkeys(job.bundle.paths, "the model's part broke"))
        finally:
            self._progress.done(job)

    def _reviewed(self, job: Job) -> Outcome:
        agent, asked_for = job.agent.name, [item.id for item in job.prompts.items]
        if next(self._begun):
            # All others wait for the first call anyway, so nothing of theirs may keep it from being sent.
            self._asked.ready()
        reply = self._ask("review", job, job.model, job.prompts.review(job.bundle), ReviewReply)
        found = findings.of_reply(reply.findings, agent, asked_for, job.file_of, job.assignment.files)
        failures: list[Failure] = []
        items = _verdicts(reply.items, asked_for)
        if left_out := [item for item in asked_for if item not in items]:
            try:
                more = self._ask("left out", job, job.model, job.prompts.left_out(job.bundle, left_out), ItemsReply)
                items |= _verdicts(more.items, left_out)
            except (ModelError, _SpentError) as error:
                failures += [Failure("model", f"left out, {job.name}: {error}")] * isinstance(error, ModelError)
            silent = (Status.NOT_CHECKED, "the model gave no verdict, though it was asked twice")
            items |= {item: silent for item in left_out if item not in items}
        if self._config.refute:
            found = self._refuted(job, found, failures)
        said = findings.of_manipulation(reply.manipulation, agent, job.file_of)
        sections = tuple(
            Section(agent, one.title.strip(), one.body.strip(), "model") for one in reply.sections if one.body.strip()
        )
        return Outcome(job, (*found, *said), items, sections, tuple(failures))

    def _refuted(self, job: Job, found: list[Finding], failures: list[Failure]) -> list[Finding]:
        """Let a second pass try to disprove what would be shown; what it could not judge is not shown inline."""
        candidates = [finding for finding in found if finding.placement is not Placement.HELD_BACK]
        if not candidates:
            return found
        try:
            prompt = job.prompts.refute(job.bundle, candidates)
            reply = self._ask("refute", job, job.second, prompt, RefutationReply)
        except _SpentError as error:
            return _unconfirmed(found, f"not confirmed by a second pass: {error}")
        except ModelError as error:
            failures.append(Failure("model", f"refute, {job.name}: {error}"))
            return _unconfirmed(found, "not confirmed by a second pass, which failed")
        # Of two verdicts on one candidate the doubt counts.
        judged = {one.candidate: one for one in sorted(reply.verdicts, key=lambda one: one.verdict == "refuted")}
        result = {id(finding): finding for finding in found}
        for number, finding in enumerate(candidates, 1):
            verdict = judged.get(number)
            if verdict is None:
                (result[id(finding)],) = _unconfirmed([finding], "the second pass gave no verdict on it")
            elif verdict.verdict == "refuted":
                reason = f"refuted: {printable(' '.join(verdict.reason.split()))[:_MOST_REASON]}"
                held = replace(finding, placement=Placement.HELD_BACK, placement_reason=reason)
                result[id(finding)] = held
        return list(result.values())

    def _ask(self, what: str, job: Job, model: Model, prompt: Prompt, schema: type[Schema]) -> Schema:
        if reason := self._budget.over():
            raise _SpentError(reason)
        effort = self._config.effort
        call = Call(
            f"{what} {job.name}", model, prompt, schema, str(effort) if effort else None, thinking=self._config.thinking
        )
        self._progress.asking(what, job)
        with self._gate.passing((model.id, schema, prompt.system)) as began:
            answer = self._asked.ask(call, began)
        self._budget.spend(model, answer.usage)
        return understood(answer, schema)


def _verdicts(replies: Iterable[ItemReply], asked_for: Iterable[str]) -> dict[str, tuple[Status, str]]:
    """Give the verdicts on items that were asked for; of several on one item the first counts."""
    wanted = set(asked_for)
    result: dict[str, tuple[Status, str]] = {}
    for reply in replies:
        if reply.item in wanted:
            reason = printable(" ".join(reply.reason.split()))[:_MOST_REASON]
            result.setdefault(reply.item, (Status(reply.verdict), reason))
    return result


def _unconfirmed(found: Iterable[Finding], reason: str) -> list[Finding]:
    return [
        replace(finding, placement=Placement.SUMMARY, placement_reason=reason) if finding.placement is None else finding
        for finding in found
    ]

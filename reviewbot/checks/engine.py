"""Runs the checks that speak for the assigned agents' items, on the lines that the change added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.agent import Scope
from reviewbot.change import Side
from reviewbot.check import CheckRun, Needs, Reach
from reviewbot.checks import ruff, rules
from reviewbot.checks.changeset import Context
from reviewbot.checks.fragments import fragments, unreadable
from reviewbot.checks.scope import looks_at
from reviewbot.coverage import HUNKS, WHOLE
from reviewbot.errors import EngineError
from reviewbot.finding import Finding
from reviewbot.review import Failure, Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewbot.agent import Agent, ChecklistItem
    from reviewbot.change import ChangedFile, ChangeSet
    from reviewbot.check import Check
    from reviewbot.checks.catalog import Catalog, ChangeCheck, Rule
    from reviewbot.checks.changeset import Draft
    from reviewbot.checks.fragments import Fragment
    from reviewbot.finding import Suggestion
    from reviewbot.review import Assignment


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the checks came to.

    Attributes:
        findings: Not yet identified or placed.
        runs: How far each check got, for each agent.
        seen: Path → how it was seen (see :func:`reviewbot.coverage.coverage`).
        failures: Checks that broke; the others ran all the same.
    """

    findings: tuple[Finding, ...]
    runs: tuple[CheckRun, ...]
    seen: Mapping[str, str]
    failures: tuple[Failure, ...]


def run(
    changes: ChangeSet, assignments: Sequence[Assignment], agents: Mapping[str, Agent], catalog: Catalog
) -> CheckResult:
    """Run every check that has an item of an assigned agent, on that agent's files."""
    result = _Result(changes)
    for assignment in assignments:
        agent = agents[assignment.agent]
        _Run(changes, assignment, agent, result).all(catalog)
    return CheckResult(tuple(result.findings), tuple(result.runs), result.seen, tuple(result.failures))


@dataclass(slots=True)
class _Result:
    changes: ChangeSet
    findings: list[Finding] = field(default_factory=list)
    runs: list[CheckRun] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


class _Run:
    """The checks of one agent."""

    def __init__(self, changes: ChangeSet, assignment: Assignment, agent: Agent, result: _Result) -> None:
        self._changes = changes
        self._agent = agent
        self._result = result
        self._project = assignment.grade is not Grade.STACK
        self._files = [file for path in assignment.files if (file := changes.file(path)) is not None]

    def all(self, catalog: Catalog) -> None:
        bound = [(rule, item) for rule in catalog.rules if (item := self._item(rule.check))]
        syntactic = [(rule, item) for rule, item in bound if not rule.codes]
        linting = [(rule, item) for rule, item in bound if rule.codes]
        broken: set[str] = set()
        whole: list[Fragment] = []
        for file in self._files:
            pieces = self._fragments(file)
            whole += [piece for piece in pieces if piece.whole and linting and _any_looks_at(linting, file.path)]
            for rule, item in syntactic:
                if rule.check.id not in broken and looks_at(rule.check, file.path):
                    self._rule(rule, item, pieces, broken)
        self._lint(linting, whole)
        for rule, item in bound:
            self._note_run(rule.check, item)
        for check in catalog.change_checks:
            speaks_for = self._item(check.check)
            if speaks_for is not None:
                self._change_check(check, speaks_for)

    def _item(self, check: Check) -> ChecklistItem | None:
        item = check.item_of(self._agent)
        return item if item is not None and (self._project or item.scope is Scope.STACK) else None

    def _fragments(self, file: ChangedFile) -> tuple[Fragment, ...]:
        reason = unreadable(file)
        if reason is None and not file.path.endswith(".py"):
            reason = "no check reads files of this kind by itself; checks of the whole change see it"
        if reason is not None:
            self._result.seen[file.path] = reason
            return ()
        pieces = fragments(file)
        self._result.seen[file.path] = WHOLE if all(piece.whole for piece in pieces) else HUNKS
        return pieces

    def _rule(self, rule: Rule, item: ChecklistItem, pieces: Iterable[Fragment], broken: set[str]) -> None:
        try:
            for piece in pieces:
                if rule.check.needs is Needs.HUNK or piece.whole:
                    for draft, suggestion in rules.run(rule, piece):
                        self._add(rule.check, item, draft, suggestion)
        except EngineError as error:
            broken.add(rule.check.id)
            self._fail(f"the rule of {rule.check.id} is broken: {error}")

    def _lint(self, linting: Sequence[tuple[Rule, ChecklistItem]], whole: Sequence[Fragment]) -> None:
        try:
            found = ruff.run([rule for rule, _ in linting], whole)
        except EngineError as error:
            self._fail(str(error))
            return
        for rule, item in linting:
            for draft in found.get(rule.check.id, ()):
                if looks_at(rule.check, draft.path):
                    self._add(rule.check, item, draft, None)

    def _change_check(self, check: ChangeCheck, item: ChecklistItem) -> None:
        files = tuple(file for file in self._files if looks_at(check.check, file.path))
        readable = {file.path: fragments(file) for file in files if unreadable(file) is None}
        for draft in check.run(Context(self._changes, files, readable)):
            self._add(check.check, item, draft, None)
        self._note_run(check.check, item)

    def _note_run(self, check: Check, item: ChecklistItem) -> None:
        """Note how much of its files the check saw."""
        own = [file for file in self._files if looks_at(check, file.path)]
        if check.needs is not Needs.CHANGE:
            own = [file for file in own if unreadable(file) is None and file.path.endswith(".py")]
        hunks_only = [file for file in own if file.new_text is None]
        reach, reason = Reach.WHOLE, ""
        if hunks_only:
            alone = check.needs in (Needs.FILE, Needs.TREE) and len(hunks_only) == len(own)
            reach = Reach.NOTHING if alone else Reach.PARTIAL
            reason = f"{len(hunks_only)} of {len(own)} files were there as hunks only"
        self._result.runs.append(CheckRun(check.id, self._agent.name, item.id, reach, len(own), reason))

    def _add(self, check: Check, item: ChecklistItem, draft: Draft, suggestion: Suggestion | None) -> None:
        self._result.findings.append(
            Finding(
                agent=self._agent.name,
                item=item.id,
                check=check.id,
                severity=draft.severity or check.severity,
                confidence=check.confidence,
                path=draft.path,
                start_line=draft.start_line,
                end_line=draft.end_line,
                title=draft.title,
                body=f"{_sentence(check.why)}\n\n{_sentence(check.fix)}",
                evidence=draft.evidence,
                side=draft.side or Side.RIGHT,
                symbol=draft.symbol,
                suggestion=suggestion,
            )
        )

    def _fail(self, message: str) -> None:
        self._result.failures.append(Failure("checks", message))


def _any_looks_at(linting: Sequence[tuple[Rule, ChecklistItem]], path: str) -> bool:
    return any(looks_at(rule.check, path) for rule, _ in linting)


def _sentence(text: str) -> str:
    return " ".join(text.split())

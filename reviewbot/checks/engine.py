"""Runs the checks that speak for the assigned agents' items, on the lines that the change added."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.checks import project, reachability, rule_matching, suggestion_trial
from reviewbot.checks.batches import batches
from reviewbot.checks.changeset import Context
from reviewbot.checks.drafted import finding
from reviewbot.checks.fragments import fragments, unreadable
from reviewbot.checks.moved import Removed
from reviewbot.checks.results import CheckResult, Making
from reviewbot.checks.scope import looks_at
from reviewbot.core.agent import Scope
from reviewbot.core.change import FileKind
from reviewbot.core.check import CheckRun, Needs, Reach
from reviewbot.core.errors import EngineError, ReviewbotError
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Failure, Grade
from reviewbot.core.telling import UNWATCHED, Watch, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewbot.checks.batches import Batch
    from reviewbot.checks.catalog import Catalog, ChangeCheck, Rule
    from reviewbot.checks.changeset import Draft
    from reviewbot.checks.fragments import Fragment
    from reviewbot.core.agent import Agent, ChecklistItem
    from reviewbot.core.change import ChangedFile, ChangeSet
    from reviewbot.core.check import Check
    from reviewbot.core.finding import Finding, Suggestion
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Assignment

_MOST_NAMED = 5
_UNREAD = "no check looked at it: it is nested so deeply, or made so oddly, that this would take too long"


def run(
    changes: ChangeSet,
    assignments: Sequence[Assignment],
    agents: Mapping[str, Agent],
    catalog: Catalog,
    excuse: Callable[[Finding], Reason | None] = lambda _: None,
    watch: Watch = UNWATCHED,
) -> CheckResult:
    """Run every check that has an item of an assigned agent, on that agent's files.

    Args:
        changes: The change.
        assignments: Who reviews what.
        agents: Name → agent.
        catalog: The checks.
        excuse: Says why a finding will be held back. Such a one is found all the same, but where a check
            speaks once for a function or a file, it then speaks of the next one too.
        watch: Who waits for it; what there is no time for is a failure, and named.
    """
    once = Making(excuse, project.of(changes), Removed(changes.files), watch)
    _run(once, changes, assignments, agents, catalog)
    failures = (*once.failures, *_late(once))
    result = CheckResult(tuple(once.findings), tuple(once.runs), once.seen, failures, once.remarks, once.project, watch)
    return replace(result, findings=proven(result.findings, result, changes, assignments, agents, catalog))


def _late(made: Making) -> list[Failure]:
    """Name what there was no time for: its silence means nothing."""
    names = list(made.late)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    named = f"{', '.join(names[:_MOST_NAMED])}{more}"
    return [Failure("checks", f"the time is over, so these were left out: {named}")] if names else []


def proven(
    findings: Sequence[Finding],
    checked: CheckResult,
    changes: ChangeSet,
    assignments: Sequence[Assignment],
    agents: Mapping[str, Agent],
    catalog: Catalog,
) -> tuple[Finding, ...]:
    """Give findings with those of their suggestions with which the checks are silent.

    Args:
        findings: Whose suggestions are tried; also those of the model.
        checked: All that the checks report; what they learned about the project is not read and parsed again.
        changes: The change.
        assignments: Who reviews what.
        agents: Name → agent.
        catalog: The checks.
    """
    if all(finding.suggestion is None for finding in findings):
        return tuple(findings)

    def again(changed: ChangeSet, paths: frozenset[str]) -> Sequence[Finding] | None:
        around = project.of(changed, checked.project)
        result = Making(lambda _: None, around, Removed(changed.files), Watch(until=checked.watch.until))
        _run(result, changed, assignments, agents, catalog, paths)
        return None if result.failures or result.late else result.findings

    return suggestion_trial.proven(findings, checked.findings, changes, catalog.drops, again)


def _run(
    result: Making,
    changes: ChangeSet,
    assignments: Sequence[Assignment],
    agents: Mapping[str, Agent],
    catalog: Catalog,
    only: frozenset[str] | None = None,
) -> None:
    """Run the checks; those that read one file at a time on the files at some paths ``only``."""
    for assignment in assignments:
        # What two agents review is nobody else's.
        own = frozenset(assignment.files)
        others = frozenset(path for other in assignments for path in other.files) - own
        _Run(changes, assignment, agents[assignment.agent], others, result, only).all(catalog)


class _Run:
    """The checks of one agent."""

    def __init__(
        self,
        changes: ChangeSet,
        assignment: Assignment,
        agent: Agent,
        others: frozenset[str],
        result: Making,
        only: frozenset[str] | None,
    ) -> None:
        self._changes = changes
        self._agent = agent
        self._others = others
        self._result = result
        self._project = assignment.grade not in (Grade.STACK, Grade.FALLBACK)
        self._files = [file for path in assignment.files if (file := changes.file(path)) is not None]
        self._single = [file for file in self._files if only is None or file.path in only]
        self._broken: set[str] = set()
        self._said: set[tuple[str, ...]] = set()

    def all(self, catalog: Catalog) -> None:
        bound = [(rule, item) for rule in catalog.rules if (item := self._item(rule.check))]
        self._search([(rule, item) for rule, item in bound if not rule.codes])
        self._lint([(rule, item) for rule, item in bound if rule.codes])
        for rule, item in bound:
            self._note_run(rule.check, item)
        for check in catalog.change_checks:
            speaks_for = self._item(check.check)
            if speaks_for is not None:
                self._change_check(check, speaks_for)

    def _item(self, check: Check) -> ChecklistItem | None:
        item = check.spoken_for(self._agent)
        return item if item is not None and (self._project or item.scope is Scope.STACK) else None

    def _fragments(self, file: ChangedFile) -> tuple[Fragment, ...]:
        reason = unreadable(file)
        if reason is None and not file.path.endswith(".py"):
            reason = because(ReasonKind.ONLY_IN_WHOLE_CHANGE)
        if reason is not None:
            self._result.seen[file.path] = reason
            return ()
        self._result.seen[file.path] = Reach.PARTIAL if file.new_text is None else Reach.WHOLE
        return fragments(file)

    def _search(self, syntactic: Sequence[tuple[Rule, ChecklistItem]]) -> None:
        # One batch at a time: the parsed trees are what takes memory.
        files = counted(self._single, "files", "checks", self._result.watch.tell)
        timely = (file for file in files if not self._is_late(file))
        for batch in batches(piece for file in timely for piece in self._fragments(file)):
            for rule, item in syntactic:
                self._rule(rule, item, batch)
            paths = dict.fromkeys(piece.path for piece in batch.fragments)
            if batch.is_cut:
                self._result.cut.update(paths)
            if batch.is_unread:
                self._result.failures += [Failure("checks", f"{path}: {_UNREAD}") for path in paths]

    def _is_late(self, file: ChangedFile) -> bool:
        late = self._result.is_late(file.path)
        if late:
            self._result.seen[file.path] = because(ReasonKind.OUT_OF_TIME, f"{self._result.watch.until.seconds or 0:g}")
        return late

    def _rule(self, rule: Rule, item: ChecklistItem, batch: Batch) -> None:
        check = rule.check

        def wanted(piece: Fragment) -> bool:
            return (piece.whole or check.needs is Needs.HUNK) and looks_at(check, piece.path, piece.text)

        def excused(draft: Draft) -> bool:
            return self._result.excuse(finding(self._agent, check, item, draft)) is not None

        def left_out(draft: Draft) -> bool:
            return self._result.removed.elsewhere(check, draft) or self._is_idle(rule, draft)

        if check.id in self._broken:
            return
        try:
            for draft, suggestion in rule_matching.run(rule, batch, wanted, self._said, excused, left_out):
                self._add(check, item, draft, suggestion)
        except EngineError as error:
            self._fail(check, f"the rule of {check.id} is broken: {error}")

    def _is_idle(self, rule: Rule, draft: Draft) -> bool:
        if self._result.unreadable:
            return False
        try:
            return reachability.is_idle(rule, draft, self._result.project)
        except ReviewbotError as error:  # without the tree the rule says what it sees
            self._result.unreadable = f"the files around the change could not be read: {error}"
            self._result.failures.append(Failure("checks", self._result.unreadable))
            return False

    def _lint(self, linting: Sequence[tuple[Rule, ChecklistItem]]) -> None:
        whole = [
            file
            for file in self._single
            if file.new_text is not None
            and _is_source(file)
            and any(looks_at(rule.check, file.path, file.new_text) for rule, _ in linting)
        ]
        if not whole:
            return
        if self._result.is_late("ruff"):
            self._broken |= {rule.check.id for rule, _ in linting}
            return
        from reviewbot.checks import ruff

        try:
            drafts, unread = ruff.run([rule for rule, _ in linting], whole)
            said = [f"{path}: ruff's checks did not look at it: {why}" for path, why in unread.items()]
        except EngineError as error:
            drafts, said = {}, [str(error)]
        if said:
            self._broken |= {rule.check.id for rule, _ in linting}
            self._result.failures += [Failure("checks", why) for why in said]
        texts = {file.path: file.new_text for file in whole}
        for rule, item in linting:
            for draft in drafts.get(rule.check.id, ()):
                left_out = self._is_idle(rule, draft) or self._result.removed.elsewhere(rule.check, draft)
                if looks_at(rule.check, draft.path, texts[draft.path]) and not left_out:
                    self._add(rule.check, item, draft, None)

    def _change_check(self, change_check: ChangeCheck, item: ChecklistItem) -> None:
        check = change_check.check
        self._result.watch.tell("checks", f"{check.id}, over the whole change")
        files = tuple(file for file in self._files if looks_at(check, file.path, file.new_text))
        if (check.needs is Needs.TREE and self._result.unreadable) or (files and self._result.is_late(check.id)):
            self._broken.add(check.id)
        # A tree is only read where there is something to look at.
        elif check.needs is not Needs.TREE or (files and self._changes.head_tree is not None):
            try:
                for draft in change_check.run(Context(self._changes, files, self._others, self._result.project)):
                    self._add(check, item, draft, draft.suggestion)
            except ReviewbotError as error:  # only trees raise it here; asking again would fail again
                self._result.unreadable = f"the files around the change could not be read: {error}"
                self._fail(check, self._result.unreadable)
            except Exception as error:  # noqa: BLE001 - one check that breaks must not take the others with it
                self._fail(check, f"{check.id} broke: {type(error).__name__}: {error}")
        self._note_run(check, item)

    def _note_run(self, check: Check, item: ChecklistItem) -> None:
        """Note how much of its files the check saw."""
        own = [file for file in self._files if looks_at(check, file.path, file.new_text)]
        if check.engine != "change-set":
            own = [file for file in own if _is_source(file)]
        reach = self._reach(check, own)
        self._result.runs.append(CheckRun(check.id, self._agent.name, item.id, reach, len(own)))

    def _reach(self, check: Check, own: Sequence[ChangedFile]) -> Reach:
        if check.id in self._broken or (own and all(file.path in self._result.late for file in own)):
            return Reach.NOTHING
        if check.needs is Needs.TREE and self._changes.head_tree is None:
            return Reach.NOTHING
        in_pieces = [file for file in own if file.hunks and file.new_text is None and file.kind is not FileKind.DELETED]
        if not in_pieces and not any(file.path in self._result.late for file in own):
            return Reach.WHOLE
        if check.needs is Needs.FILE and len(in_pieces) == len(own):
            return Reach.NOTHING
        return Reach.PARTIAL

    def _add(self, check: Check, item: ChecklistItem, draft: Draft, suggestion: Suggestion | None) -> None:
        self._result.findings.append(replace(finding(self._agent, check, item, draft), suggestion=suggestion))

    def _fail(self, check: Check, message: str) -> None:
        self._broken.add(check.id)
        self._result.failures.append(Failure("checks", message))


def _is_source(file: ChangedFile) -> bool:
    return unreadable(file) is None and file.path.endswith(".py")

"""The cases of a check: what it reports and what it leaves alone, as data, run as a review would.

docs/writing-a-check.md describes the format. The cases of a team's checks and of ours are read and run by this.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviewbot.changes.diff.parse import parse
from reviewbot.checks import engine, written_cases
from reviewbot.checks.catalog import Catalog, Rule
from reviewbot.checks.scope import looks_at
from reviewbot.core.agent import Agent, ChecklistItem, Scope, Stack
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.check import Needs
from reviewbot.core.file_kinds import MIGRATIONS
from reviewbot.core.finding import Severity
from reviewbot.core.review import Assignment, Grade
from reviewbot.python.syntax import parses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewbot.checks.catalog import ChangeCheck
    from reviewbot.core.finding import Finding

KINDS = ("invalid", "valid")

# Where a case stands that does not say it.
_ROUTER, _MIGRATION = "api/app/api/v1/things.py", "api/alembic/versions/0001_x.py"
_ITEM = ChecklistItem("rule", "", "", "", Severity.MEDIUM, Scope.STACK, 1)
_AGENT = Agent("cases", "", None, Stack(), (_ITEM,), (), "", "")


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        kind: ``invalid`` (the check must report) or ``valid`` (it must not).
        number: From 1, among those of its kind.
        data: ``code`` and maybe ``path``, or ``files``; what is around them, and what is expected.
    """

    kind: str
    number: int
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Texts:
    """A tree whose files are given by path."""

    files: Mapping[str, str]

    @property
    def paths(self) -> frozenset[str]:
        """All paths."""
        return frozenset(self.files)

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Give the texts of those ``paths`` that there are."""
        return {path: self.files[path] for path in paths if path in self.files}


def read(text: str, path: str, check: str) -> tuple[Case, ...]:
    """Read a file of cases.

    Args:
        text: The YAML.
        path: Its name, for messages.
        check: Id of the check it must be about.

    Raises:
        ConfigError: It is not as docs/writing-a-check.md says; names file, line and key.
    """
    data = written_cases.read(text, path, check).data
    return tuple(
        Case(kind, number, {"code": case} if isinstance(case, str) else case)
        for kind in KINDS
        for number, case in enumerate(data.get(kind, ()), start=1)
    )


def complaint(case: Case, subject: Rule | ChangeCheck) -> str:
    """Run one case; say what is not as it should be, empty where all is."""
    return next(_complaints(case, subject), "")


def change(data: Mapping[str, Any], subject: Rule | ChangeCheck, *, whole: bool = True) -> ChangeSet:
    """Build the change of a case: a source text that was added, or files before and after.

    With ``tree`` there are trees around it: the files named there, those of ``base_tree`` in its place before the
    change, and those of the change itself.

    Args:
        data: As in :class:`Case`.
        subject: What the case is about; it says where a source text stands that has no ``path``.
        whole: Whether the whole texts of the files are there, or only their bare diff.
    """
    if "files" in data:
        files = tuple(edited(path, side.get("before"), side.get("after")) for path, side in data["files"].items())
    else:
        usual = _MIGRATION if subject.check.paths == MIGRATIONS else _ROUTER
        files = (edited(data.get("path", usual), None, data["code"]),)
    shown = files if whole else tuple(replace(file, old_text=None, new_text=None) for file in files)
    if "tree" not in data:
        return ChangeSet("patch", shown)
    new_texts = {file.path: file.new_text for file in files if file.new_text is not None}
    old_texts = {file.path: file.old_text for file in files if file.old_text is not None}
    base = {**data.get("base_tree", data["tree"]), **old_texts}
    return ChangeSet("patch", shown, head_tree=Texts({**data["tree"], **new_texts}), base_tree=Texts(base))


def report(changes: ChangeSet, subject: Rule | ChangeCheck) -> tuple[tuple[Finding, ...], str]:
    """Give what a check reports in a change, and why it could not run; empty where it could."""
    assignment = Assignment(_AGENT.name, Grade.PROJECT, tuple(file.path for file in changes.files), 1.0)
    bound = replace(subject, check=replace(subject.check, items=(f"{_AGENT.name}/{_ITEM.id}",)))
    alone = Catalog((bound,), ()) if isinstance(bound, Rule) else Catalog((), (bound,))
    result = engine.run(changes, [assignment], {_AGENT.name: _AGENT}, alone)
    return result.findings, "; ".join(failure.message for failure in result.failures)


def edited(path: str, old: str | None, new: str | None) -> ChangedFile:
    """Give a file as a change from one text to another shows it; None where there is none."""
    lines = difflib.unified_diff(
        (old or "").splitlines(keepends=True),
        (new or "").splitlines(keepends=True),
        "a/f" if old is not None else "/dev/null",
        "b/f" if new is not None else "/dev/null",
    )
    text = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    kind = FileKind.ADDED if old is None else FileKind.DELETED if new is None else FileKind.MODIFIED
    hunks = parse(text.encode())[0].hunks if text else ()
    return ChangedFile(path, kind, hunks, old_text=old, new_text=new)


def _complaints(case: Case, subject: Rule | ChangeCheck) -> Iterator[str]:
    changes = change(case.data, subject)
    for file in changes.files:
        if file.path.endswith(".py") and not parses(file.new_text or ""):
            yield f"{file.path} is not valid Python, so the case shows nothing"
    reported, failure = report(changes, subject)
    if failure:
        yield failure
    lines = [finding.start_line for finding in reported]
    if case.kind == "valid" and reported:
        yield f"reports {_lines(lines)}: {reported[0].title}"
    if case.kind == "invalid" and not reported:
        elsewhere = [file.path for file in changes.files if not looks_at(subject.check, file.path)]
        where = f"; it does not look at {elsewhere[0]}: give the case another `path`" if elsewhere else ""
        yield f"reports nothing{where}"
    if lines != case.data.get("lines", lines):
        yield f"reports {_lines(lines)}, expected {_lines(case.data['lines'])}"
    yield from _wrong_words(case, subject, reported)
    if subject.check.needs in {Needs.HUNK, Needs.CHANGE} and not case.data.get("whole_only"):
        bare = report(change(case.data, subject, whole=False), subject)[0]
        if _places(bare) != _places(reported):
            seen = _lines(finding.start_line for finding in bare)
            yield f"reports {_lines(lines)} on the whole file, and {seen} on the bare diff"


def _wrong_words(case: Case, subject: Rule | ChangeCheck, reported: Iterable[Finding]) -> Iterator[str]:
    if isinstance(subject, Rule) and not all(_is_whole(finding.title, subject.message) for finding in reported):
        yield f"its message says {subject.message!r}, and the rule does not tell what that is"
    suggestions = [finding.suggestion.replacement if finding.suggestion else None for finding in reported]
    if "suggestion" in case.data and suggestions != [case.data["suggestion"]]:
        yield f"suggests {suggestions}, expected {[case.data['suggestion']]}"


def _is_whole(title: str, message: str) -> bool:
    """Tell whether a title has something for each `$NAME` of the message that it was made of."""
    fixed = re.split(r"(?<!\$)\$[A-Z_][A-Z0-9_]*", message)
    return len(fixed) == 1 or re.fullmatch(".+".join(map(re.escape, fixed)), title, re.DOTALL) is not None


def _places(findings: Iterable[Finding]) -> list[tuple[object, ...]]:
    return [(finding.path, finding.start_line, finding.side) for finding in findings]


def _lines(lines: Iterable[int]) -> str:
    numbers = list(lines)
    return f"line{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}" if numbers else "nothing"

"""The cases of a team's check: what it reports and what it leaves alone, as data, run as a review would.

The format is that of tests/checks/cases; docs/writing-a-check.md describes it.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from reviewbot.changes.diff.parse import parse
from reviewbot.checks import engine
from reviewbot.checks.catalog import Catalog, Rule
from reviewbot.checks.scope import MIGRATIONS, looks_at
from reviewbot.core.agent import Agent, ChecklistItem, Scope, Stack
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.check import Needs
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Severity
from reviewbot.core.review import Assignment, Grade
from reviewbot.python.syntax import parses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewbot.core.finding import Finding

KINDS = ("invalid", "valid")

_KEYS = ("path", "code", "files", "lines", "suggestion")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
        data: ``code`` and maybe ``path``, or ``files``; and what is expected.
    """

    kind: str
    number: int
    data: Mapping[str, Any]


def read(text: str, path: str, check: str) -> tuple[Case, ...]:
    """Read a file of cases.

    Args:
        text: The YAML.
        path: Its name, for messages.
        check: Id of the check it must be about.

    Raises:
        ConfigError: It is not as docs/writing-a-check.md says; names file and key.
    """
    try:
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict) or not all(isinstance(data.get(kind, []), list) for kind in KINDS):
        raise ConfigError(f"{path}: expected `id`, and lists of cases under `invalid` and `valid`")
    if data.get("id") != check:
        raise ConfigError(f"{path}: `id` is {data.get('id')!r}; it must be the check's, {check!r}")
    if unknown := [str(key) for key in data if key not in {"id", *KINDS}]:
        raise ConfigError(f"{path}: unknown key `{unknown[0]}`; expected `id`, `invalid` and `valid`")
    return tuple(
        Case(kind, number, _case(case, f"{path}: `{kind}`, case {number}"))
        for kind in KINDS
        for number, case in enumerate(data.get(kind, []), start=1)
    )


def complaint(case: Case, rule: Rule) -> str:
    """Run one case; say what is not as it should be, empty where all is."""
    return next(_complaints(case, rule), "")


def _complaints(case: Case, rule: Rule) -> Iterator[str]:
    files = _files(case, rule)
    for file in files:
        if file.path.endswith(".py") and not parses(file.new_text or ""):
            yield f"{file.path} is not valid Python, so the case shows nothing"
    found, failure = _found(files, rule)
    if failure:
        yield failure
    lines = [finding.start_line for finding in found]
    if case.kind == "valid" and found:
        yield f"reports {_lines(lines)}: {found[0].title}"
    if case.kind == "invalid" and not found:
        elsewhere = [file.path for file in files if not looks_at(rule.check, file.path)]
        where = f"; it does not look at {elsewhere[0]}: give the case another `path`" if elsewhere else ""
        yield f"reports nothing{where}"
    if lines != case.data.get("lines", lines):
        yield f"reports {_lines(lines)}, expected {_lines(case.data['lines'])}"
    suggestions = [finding.suggestion.replacement if finding.suggestion else None for finding in found]
    if "suggestion" in case.data and suggestions != [case.data["suggestion"]]:
        yield f"suggests {suggestions}, expected {[case.data['suggestion']]}"
    if rule.check.needs is Needs.HUNK:
        hunks = tuple(replace(file, old_text=None, new_text=None) for file in files)
        bare = [finding.start_line for finding in _found(hunks, rule)[0]]
        if bare != lines:
            yield f"reports {_lines(lines)} on the whole file, and {_lines(bare)} on the bare diff"


def _case(case: Any, where: str) -> Mapping[str, Any]:
    data = {"code": case} if isinstance(case, str) else case
    if not isinstance(data, dict) or ("code" in data) == ("files" in data):
        raise ConfigError(f"{where}: expected a source text, or a mapping with either `code` or `files`")
    for key in data:
        if key not in _KEYS:
            near = difflib.get_close_matches(str(key), _KEYS, n=1)
            raise ConfigError(f"{where}: unknown key `{key}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    if not isinstance(data.get("code", ""), str):
        raise ConfigError(f"{where}: `code` must be a text; write `code: |` before it")
    sides = list(data["files"].values()) if isinstance(data.get("files"), dict) else []
    if "files" in data and not all(_is_edit(side) for side in sides or [None]):
        raise ConfigError(f"{where}: `files` must map each path to `before` and `after`, or to one of them")
    return data


def _is_edit(side: Any) -> bool:
    return isinstance(side, dict) and bool(side) and side.keys() <= {"before", "after"}


def _found(files: tuple[ChangedFile, ...], rule: Rule) -> tuple[tuple[Finding, ...], str]:
    """Give what the check reports, and why it could not run."""
    assignment = Assignment(_AGENT.name, Grade.PROJECT, tuple(file.path for file in files), 1.0)
    alone = Catalog((replace(rule, check=replace(rule.check, items=(f"{_AGENT.name}/{_ITEM.id}",))),), ())
    result = engine.run(ChangeSet("patch", files), [assignment], {_AGENT.name: _AGENT}, alone)
    return result.findings, "; ".join(failure.message for failure in result.failures)


def _files(case: Case, rule: Rule) -> tuple[ChangedFile, ...]:
    if "files" in case.data:
        return tuple(edited(path, side.get("before"), side.get("after")) for path, side in case.data["files"].items())
    usual = _MIGRATION if rule.check.paths == MIGRATIONS else _ROUTER
    return (edited(case.data.get("path", usual), None, case.data["code"]),)


def edited(path: str, before: str | None, after: str | None) -> ChangedFile:
    """Give a file as a change from one text to another shows it; None where there is none."""
    lines = difflib.unified_diff(
        (before or "").splitlines(keepends=True),
        (after or "").splitlines(keepends=True),
        "a/f" if before is not None else "/dev/null",
        "b/f" if after is not None else "/dev/null",
    )
    text = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    kind = FileKind.ADDED if before is None else FileKind.DELETED if after is None else FileKind.MODIFIED
    hunks = parse(text.encode())[0].hunks if text else ()
    return ChangedFile(path, kind, hunks, old_text=before, new_text=after)


def _lines(lines: Iterable[int]) -> str:
    numbers = list(lines)
    return f"line{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}" if numbers else "nothing"

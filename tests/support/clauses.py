"""The clauses of a rule file, and the file without one of them: what no case misses, no case asks for."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml

from reviewbot.checks import case_files, catalog, team_checks
from reviewbot.checks.batches import stays_inside
from reviewbot.checks.values.standing import OF_WHOLE_FILE
from reviewbot.core.change import ChangeSet
from reviewbot.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.checks.case_files import Case
    from reviewbot.core.change import ChangedFile
    from reviewbot.core.finding import Finding

    Path = tuple[str | int, ...]

# What a rule matches by; the other keys are about how it is said.
_MATCHING = ("rule", "constraints", "utils", "files", "ignores", "ruff")
_METADATA = (
    *("built", "stands_for", "traced", "unless_said", "habit", "identity", "changed", "once_per", "reached"),
    *("suggest", "suggest_argument", "suggest_where", "suggest_drops", "needs", "where"),
)
# These only save time, and must not decide anything.
_SAVE_TIME = ("mentions", "only_with")
# Where a clause looks: it says the same without, only slower or less plainly.
_PLACES = frozenset({"kind", "field"})
_ANY_NODE = ("pattern", "$_")
# Each entry of these is a clause, also a single one.
_LISTS = {("constraints",), ("files",), ("ignores",), ("ruff",)}
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def clauses(data: dict[str, Any]) -> Iterator[Path]:
    """Give the way to each part of a rule file that can be left out."""
    for key in _MATCHING:
        if key in data:
            yield from _below(data[key], (key,))
    for key in _METADATA:
        if key in data["metadata"]:
            way = ("metadata", key)
            yield way
            yield from _below(data["metadata"][key], way)


def _below(part: Any, way: Path) -> Iterator[Path]:
    items: list[tuple[str | int, Any]] = []
    if isinstance(part, dict):
        items = list(part.items())
    elif isinstance(part, list):
        items = list(enumerate(part))
    for key, value in items:
        # A definition is left out with the last that names it.
        if way != ("utils",) and not _is_place(key, value, way) and (len(items) > 1 or way in _LISTS):
            yield (*way, key)
        yield from _below(value, (*way, key))


def _is_place(key: str | int, value: Any, way: Path) -> bool:
    return _says_where(value) if isinstance(key, int) and way[-1] == "all" else _says_where({key: value})


def _says_where(part: Any) -> bool:
    """Tell whether a part of a rule only says which nodes it is about."""
    if not isinstance(part, dict):
        return False
    return all(
        key in _PLACES
        or (key, value) == _ANY_NODE
        or (key == "any" and isinstance(value, list) and all(map(_says_where, value)))
        for key, value in part.items()
    )


def at(data: Any, way: Path) -> Any:
    """Give the part of a rule file at a place."""
    for key in way:
        data = data[key]
    return data


def without(data: dict[str, Any], way: Path) -> dict[str, Any]:
    """Give a rule file without one of its parts."""
    left = copy.deepcopy(data)
    del at(left, way[:-1])[way[-1]]
    return left


def read(data: dict[str, Any], name: str) -> catalog.Rule | None:
    """Read a rule file without what only saves time; None where it is none any more."""
    metadata = {key: value for key, value in data["metadata"].items() if key not in _SAVE_TIME or "ruff" in data}
    text = yaml.dump({**data, "metadata": metadata}, Dumper=_DUMPER)
    try:
        rule = team_checks.loaded(name, text)
    except ConfigError:
        return None
    return None if any(team_checks.unknown_names(rule)) else rule


def idle(text: str, name: str, cases: Sequence[Case]) -> Iterator[tuple[Path, bool]]:
    """Give each clause of a rule file, and whether all cases are as they should be without it."""
    data = yaml.load(text, Loader=yaml.CSafeLoader)
    waiting = list(cases)
    usual = read(data, name)
    assert usual is not None, f"{name} cannot be read"
    together = _Together(cases, usual)
    for way in clauses(data):
        rule = read(without(data, way), name)
        if rule is None:
            continue
        # A clause that no case seems to ask for is looked at once more, with each case alone.
        suspects = itertools.chain(together.suspects(waiting, rule), waiting)
        missed = next((case for case in suspects if case_files.complaint(case, rule)), None)
        if missed is not None:
            # What asks for this clause often asks for the one beside it.
            waiting.remove(missed)
            waiting.insert(0, missed)
        yield way, missed is None


class _Together:
    """The cases that can stand side by side in one change, each in folders of its own.

    ast-grep compiles a rule anew for each text, which costs more than the search; so they are searched as one.
    """

    def __init__(self, cases: Sequence[Case], rule: catalog.Rule) -> None:
        plain = [case for case in cases if "code" in case.data and "tree" not in case.data]
        self._files = {self._key(case): self._sides(case, rule) for case in plain} if _in_one(rule) else {}
        self._usual = self._reported(rule)
        for case in plain:
            alone, _ = case_files.report(case_files.change(case.data, rule), rule)
            # The folder itself may make a difference, and then it hides others.
            if self._lines(f"{self._key(case)}/whole") != [finding.start_line for finding in alone]:
                self._files.pop(self._key(case), None)

    def suspects(self, cases: Sequence[Case], rule: catalog.Rule) -> Iterator[Case]:
        """Give the cases that may be wrong under a rule: the first of them, and then where it finds anything else."""
        yield from cases[:1]
        if not _in_one(rule):
            yield from cases[1:]
            return
        reported = self._reported(rule)
        for case in cases[1:]:
            key = self._key(case)
            sides = (f"{key}/whole", f"{key}/bare")
            if key not in self._files or any(reported.get(side) != self._usual.get(side) for side in sides):
                yield case

    def _reported(self, rule: catalog.Rule) -> dict[str, list[Finding]]:
        files = tuple(file for sides in self._files.values() for file in sides)
        reported: dict[str, list[Finding]] = {}
        for finding in case_files.report(ChangeSet("patch", files), rule)[0] if files else ():
            reported.setdefault("/".join(finding.path.split("/")[:2]), []).append(finding)
        return reported

    def _lines(self, side: str) -> list[int]:
        return [finding.start_line for finding in self._usual.get(side, ())]

    @staticmethod
    def _key(case: Case) -> str:
        return f"{case.kind}-{case.number}"

    @classmethod
    def _sides(cls, case: Case, rule: catalog.Rule) -> tuple[ChangedFile, ...]:
        (file,) = case_files.change(case.data, rule).files
        whole = replace(file, path=f"{cls._key(case)}/whole/{file.path}")
        return whole, replace(whole, path=f"{cls._key(case)}/bare/{file.path}", new_text=None, old_text=None)


def _in_one(rule: catalog.Rule) -> bool:
    return stays_inside(rule.config) and OF_WHOLE_FILE.isdisjoint(rule.stands_for.values())


def shown(text: str, way: Path) -> str:
    """Give a clause as a line: the way to it, and what it says."""
    return f"{'.'.join(map(str, way))}: {at(yaml.load(text, Loader=yaml.CSafeLoader), way)}"

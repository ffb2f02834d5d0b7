"""A JSON column that the models declare is changed in place, or assigned the object it already holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import adds, draft, modules
from reviewbot.checks.project.nodes import first_line, last_line
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.module import Function, Module
    from reviewbot.syntax import Node

CHECK = Check(
    id="json-column-changed-in-place",
    title="A JSON column is changed in place",
    why=(
        "SQLAlchemy compares by identity: the same dictionary or list, changed in place or assigned again, is no "
        "change, so the commit writes nothing and the user's data is gone without an error."
    ),
    fix=(
        'Assign a new object (`row.column = {**row.column, key: value}`), or call `flag_modified(row, "column")` '
        "after the change."
    ),
    leaves_alone=(
        "Functions that call `flag_modified` for the object or copy the value first; `MutableDict` and `MutableList` "
        "columns; objects that the function does not load or get as a model; names that `jsonb-changed-in-place` knows."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=("trainsmart-senior-backend-architect/jsonb-handling",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("jsonb columns", "mutable json", "flag_modified"),
)

_JSON = re.compile(r"\b(?:JSONB?|JSONType)\b")
# The rule `jsonb-changed-in-place` reports these by their name alone.
_BY_NAME = re.compile(
    r"^(progress_data|screen_responses|content|meta|metadata_|extra|extra_data|preferences|answers|responses|custom_fields|"
    r"form_data|form_schema|\w+_json|\w+_data|\w+_metadata)$"
)
_CHANGES = "append|extend|update|pop|popitem|setdefault|insert|remove|clear"
_STATEMENTS = frozenset({"assignment", "augmented_assignment", "call"})
_LOADED = r"\b{name}\s*(?::[^=\n]+)?=[^=].*?(?:\.query\(|\.get\(|\.scalar|\.first\(|\.one\(|\.execute\(|result\b)"


def run(context: Context) -> Iterator[Draft]:
    """Report the first such change of each column in each function."""
    project = context.project
    for file, module in modules(context, "[", ".append(", ".update("):
        columns = _columns(project) if project is not None else frozenset()
        if project is None or not columns:
            return
        for function in _functions(module):
            if not any(f".{name}" in function.body for name in columns):
                continue
            said: set[tuple[str, str]] = set()
            for place, row, column, title in _changes(function, columns):
                if (row, column) in said or not adds(file, first_line(place), last_line(place)):
                    continue
                if _is_row(project, function, row) and not _is_seen(function, row, column):
                    said.add((row, column))
                    yield draft(module, place, title)


def _columns(project: Project) -> frozenset[str]:
    """Give the names of JSON columns that do not track their changes, and that the other rule does not know."""
    return frozenset(
        column.name
        for table in project.tables.all
        for column in table.columns
        if _JSON.search(column.text) and "Mutable" not in column.text and not _BY_NAME.match(column.name)
    )


def _functions(module: Module) -> Iterator[Function]:
    yield from module.functions
    for definition in module.classes.values():
        yield from definition.methods


def _changes(function: Function, columns: frozenset[str]) -> Iterator[tuple[Node, str, str, str]]:
    """Give each statement that changes a column's value in place, with the row, the column and what to say."""
    names = "|".join(sorted(map(re.escape, columns)))
    own = re.compile(rf"^(\w+)\.({names})(?:\s*\[|\.(?:{_CHANGES})\()")
    for node in function.node.find_all(kind="expression_statement", regex=rf"^\w+\.({names})\s*[\[.]"):
        found, changes = own.match(node.text()), node.child(0)
        if found is not None and changes is not None and changes.kind() in _STATEMENTS:
            row, column = found[1], found[2]
            yield node, row, column, f"`{row}.{column}` is changed in place, which SQLAlchemy does not see"
    assigned = re.compile(rf"^(\w+)\.({names})\s*=\s*(\w+)$")
    for node in function.node.find_all(kind="assignment", regex=rf"^\w+\.({names})\s*=\s*\w+$"):
        found = assigned.match(node.text())
        if found is None:
            continue
        row, column, alias = found.groups()
        before = function.body.partition(node.text())[0]
        taken = rf"\b{alias}\s*=\s*{row}\.{column}(?:\s+or\s+(?:\{{\}}|\[\]|dict\(\)|list\(\)))?\s*(?:#.*)?$"
        changed = rf"\b{alias}(?:\[[^\]]*\]\s*[-+|]?=[^=]|\.(?:{_CHANGES})\()"
        if re.search(taken, before, re.MULTILINE) and re.search(changed, before):
            yield (
                node,
                row,
                column,
                f"`{row}.{column}` is assigned the object it already holds, which is no change to SQLAlchemy",
            )


def _is_row(project: Project, function: Function, name: str) -> bool:
    """Tell whether a name is a row that the function loads, or gets as a parameter of a model's type."""
    if re.search(_LOADED.format(name=re.escape(name)), function.body, re.DOTALL):
        return True
    annotation = next((one.annotation for one in function.parameters if one.name == name), "")
    return not project.tables.models.isdisjoint(re.findall(r"\w+", annotation))


def _is_seen(function: Function, row: str, column: str) -> bool:
    """Tell whether the function says that the column has changed, or assigns a new object."""
    new = rf"\b{row}\.{column}\s*=\s*(?:\{{|\[|dict\(|list\(|copy|deepcopy|\w+\.copy\(|json)"
    said = rf"""flag_modified\(\s*{row}\s*,\s*(?:["']{column}["']|\w)"""
    return bool(re.search(said, function.body) or re.search(new, function.body))

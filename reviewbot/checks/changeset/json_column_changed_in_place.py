"""A JSON column that the models declare is changed in place, or assigned the object it already holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.python.module import Function, Module
    from reviewbot.python.syntax import Node

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
        "columns; objects that the function does not load, loop over or get as a model; names that "
        "`jsonb-changed-in-place` knows."
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
    r"form_data|form_schema|jsonb?_\w+|\w+_jsonb?|\w+_data|\w+_meta|\w+_metadata)$"
)
_CHANGES = frozenset(
    {"append", "extend", "update", "pop", "popitem", "setdefault", "insert", "remove", "clear", "sort"}
)
_PLACES = ("assignment", "augmented_assignment", "call", "delete_statement")
_IN_PLACE = {"rule": {"any": [{"kind": kind} for kind in _PLACES]}}
# What gives a part of a value, which belongs to it still.
_PARTS = frozenset({"setdefault", "get"})
_ASKED = r"\.query\(|\.get\(|\.scalar|\.first\(|\.one\(|\.one_or_none\(|\.execute\(|\.exec\(|\.get_\w+\(|\.find\w*\("
_LOADED = rf"\b{{name}}\s*(?::[^=\n]+)?:?=[^=].*?(?:{_ASKED}|result\b)"
_LOOPED = r"\bfor\s+(?:\w+,\s*)?{name}\s+in\s+(?:enumerate\()?([^:\n]+)"


def run(context: Context) -> Iterator[Draft]:
    """Report the first such change of each column in each function."""
    project = context.project
    for file, module in modules(context, "[", ".append(", ".update(", ".extend(", ".pop(", "|=", ".setdefault("):
        columns = _columns(project) if project is not None else frozenset()
        if project is None or not columns:
            return
        for function, owner in _functions(module):
            if not any(f".{name}" in function.body for name in columns):
                continue
            said: set[tuple[str, str]] = set()
            for place, row, column, title in _changes(function, columns):
                if (row, column) in said or not adds(file, first_line(place), last_line(place)):
                    continue
                is_row = owner in project.tables.models if row == "self" else _is_row(project, function, row)
                if is_row and not _is_seen(function, row, column):
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


def _functions(module: Module) -> Iterator[tuple[Function, str]]:
    """Give each function with the name of the class whose method it is."""
    for function in module.functions:
        yield function, ""
    for name, definition in module.classes.items():
        for method in definition.methods:
            yield method, name


def _changes(function: Function, columns: frozenset[str]) -> Iterator[tuple[Node, str, str, str]]:
    """Give each statement that changes a column's value in place, with the row, the column and what to say."""
    aliases = _aliases(function, columns)
    assigned: set[tuple[str, str]] = set()
    inner: list[tuple[Node, str, str]] = []
    for node in function.node.find_all(_IN_PLACE):  # type: ignore[call-overload]  # its stub wants a TypedDict
        changed = _changed(node)
        if changed is None:
            left, right = node.field("left"), node.field("right")
            held = _column_of(left, columns) if left is not None and left.kind() == "attribute" else None
            if held is None or node.kind() != "assignment":
                continue
            assigned.add(held)
            alias = aliases.get(right.text()) if right is not None else None
            was_changed = any(first_line(place) < first_line(node) and (row, col) == held for place, row, col in inner)
            if alias == held and was_changed:
                yield (
                    node,
                    *held,
                    f"`{held[0]}.{held[1]}` is assigned the object it already holds, which is no change to SQLAlchemy",
                )
            continue
        base = _base(changed)
        target = _column_of(base, columns)
        if target is not None:
            row, column = target
            yield node, row, column, f"`{row}.{column}` is changed in place, which SQLAlchemy does not see"
        elif base.kind() == "identifier" and base.text() in aliases:
            inner.append((node, *aliases[base.text()]))
    for node, row, column in inner:
        if (row, column) not in assigned and f"{row}.{column} =" not in function.body:
            yield node, row, column, f"`{row}.{column}` is changed in place, which SQLAlchemy does not see"


def _changed(node: Node) -> Node | None:
    """Give what a statement changes in place: `x` of `x[key] = …`, `x.append(…)`, `del x[key]`, `x |= …`."""
    kind = node.kind()
    if kind == "call":
        function = node.field("function")
        method = function.field("attribute") if function is not None else None
        return (
            function.field("object")
            if function is not None and method is not None and method.text() in _CHANGES
            else None
        )
    if kind == "delete_statement":
        place = next((child for child in node.children() if child.kind() == "subscript"), None)
    else:
        place = node.field("left")
        operator = node.field("operator")
        if place is not None and place.kind() == "attribute" and operator is not None and operator.text() == "|=":
            return place
    return place.field("value") if place is not None and place.kind() == "subscript" else None


def _base(node: Node) -> Node:
    """Give what a part belongs to: `row.column` of `row.column["a"].setdefault("b", {})`."""
    while True:
        inner = node.field("value") if node.kind() == "subscript" else None
        function = node.field("function") if node.kind() == "call" else None
        method = function.field("attribute") if function is not None else None
        if function is not None and method is not None and method.text() in _PARTS:
            inner = function.field("object")
        if inner is None:
            return node
        node = inner


def _column_of(node: Node, columns: frozenset[str]) -> tuple[str, str] | None:
    """Give row and column of `row.column`."""
    row, name = node.field("object"), node.field("attribute")
    if node.kind() != "attribute" or row is None or name is None or name.text() not in columns:
        return None
    return (row.text(), name.text()) if re.fullmatch(r"\w+|self\.\w+", row.text()) else None


def _aliases(function: Function, columns: frozenset[str]) -> dict[str, tuple[str, str]]:
    """Give the names that stand for a column's own value, or a part of it, and for nothing else."""
    aliases: dict[str, tuple[str, str]] = {}
    others: set[str] = set()
    for node in function.node.find_all(kind="assignment"):
        left, right = node.field("left"), node.field("right")
        if left is None or right is None or left.kind() != "identifier":
            continue
        if right.kind() == "boolean_operator":
            right = right.field("left") or right
        held = _column_of(_base(right), columns)
        if held is not None:
            aliases[left.text()] = held
        else:
            others.add(left.text())
    return {name: held for name, held in aliases.items() if name not in others}


def _is_row(project: Project, function: Function, name: str) -> bool:
    """Tell whether a name is a row that the function loads or loops over, or gets as a parameter of a model's type."""
    own = re.escape(name)
    if re.search(_LOADED.format(name=own), function.body, re.DOTALL):
        return True
    annotations = {parameter.name: parameter.annotation for parameter in function.parameters}
    looped = re.search(_LOOPED.format(name=own), function.body)
    if looped is not None:
        over = re.escape(looped[1].strip().rstrip(")"))
        of_models = _names_model(project, annotations.get(looped[1].strip(), ""))
        return of_models or bool(
            re.search(_ASKED, looped[1]) or re.search(_LOADED.format(name=over), function.body, re.DOTALL)
        )
    return _names_model(project, annotations.get(name, ""))


def _names_model(project: Project, annotation: str) -> bool:
    return not project.tables.models.isdisjoint(re.findall(r"\w+", annotation))


def _is_seen(function: Function, row: str, column: str) -> bool:
    """Tell whether the function says that the column has changed, or assigns a new object where there was one."""
    own = rf"{re.escape(row)}\.{column}"
    new = rf"^([ \t]*){own}\s*=\s*(?:\{{|\[|dict\(|list\(|copy|deepcopy|[\w.]+\.copy\(|json|sorted\(|\w+\s*\|)"
    said = rf"""flag_(?:modified|dirty)\(\s*{re.escape(row)}\s*(?:\)|,\s*(?:["']{column}["']|\w))|\b{own}\.changed\("""
    empty = re.compile(rf"^\s*(?:if|elif)\s+(?:not\s+{own}|{own}\s+is\s+None)\s*:\s*$")
    lines = function.body.split("\n")
    for assignment in re.finditer(new, function.body, re.MULTILINE):
        at = function.body.count("\n", 0, assignment.start())
        if at == 0 or not empty.match(lines[at - 1]):
            return True
    return bool(re.search(said, function.body))

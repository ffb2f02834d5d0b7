"""A NOT NULL column without a server default is added to a table that was there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.literals import assigned
from reviewbot.checks.helpers.migration_calls import plain
from reviewbot.checks.helpers.migration_check import ONLINE, migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity, Suggestion
from reviewbot.core.nearest import nearest
from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.checks.helpers.operation import Operation
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

CHECK = migration_check(
    id="not-null-without-default",
    title="A NOT NULL column is added without a server default",
    why=(
        "PostgreSQL refuses the migration as soon as the table has one row, and during a rolling deployment the old "
        "code still inserts without the column."
    ),
    fix=(
        "Give it a `server_default`, or take three steps: add it nullable, fill it, then set it NOT NULL in a later "
        "revision."
    ),
    leaves_alone=(
        "Columns with `server_default`, identity, serial and computed columns, nullable columns, tables that the same "
        "change creates, what an older migration did already before it was edited (a misspelled `server_default` that "
        "comes with the edit is reported), and `downgrade`. One finding for each migration, which counts the others."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    words=(*ONLINE, "safe migration", "migrations are safe", "backward-compatible migration"),
)

_DEFAULT = "server_default"
# So like the word must a keyword be to be meant for it: `default` is not.
_CLOSE = 0.85
_FILLS_ITSELF = frozenset({"Identity", "Computed", "DefaultClause", "FetchedValue", "SERIAL", "BIGSERIAL"})


def run(context: Context) -> Iterator[Draft]:
    """Report the first such column of each migration."""
    for migration in migrations(context):
        additions = [
            (operation, meant)
            for operation in migration.upgrade
            if (meant := _misspelled_default(migration, operation)) is not None
        ]
        if additions:
            (first, meant), more = additions[0], len(additions) - 1
            made = _column(first)
            name = made.argument(0, "name") if made is not None else None
            column = f"{first.table}.{first.column or plain(name)}".strip(".") if name is not None else first.table
            typo = f" (`{meant}` is not `{_DEFAULT}`)" if meant else ""
            others = f" (and {more} more in this migration)" if more else ""
            title = f"`{column}` is added NOT NULL without a server default{typo}; the table may have rows{others}"
            yield replace(migration.draft(first, title), suggestion=_suggestion(migration, first))
            continue
        for statement, action in migration.in_sql("add required"):
            column = f"{action.table}.{action.column}"
            yield migration.draft(statement, f"`{column}` is added NOT NULL without a default; the table may have rows")
            break


def _column(operation: Operation) -> Call | None:
    """Give the column that an operation adds: written there, assigned before, or what a function of the file gives."""
    made = call(operation.node)
    for node in (*made.positional, *made.keywords.values()) if made is not None else ():
        for value in assigned(node):
            column = call(value)
            if column is not None and column.function.isidentifier():
                column = _returned(column) or column
            if column is not None and _is_column(column):
                return column
    return None


def _is_column(made: Call) -> bool:
    if made.name == "Column":
        return True
    root = made.node.get_root().root().text()
    return re.search(rf"\bColumn\s+as\s+{re.escape(made.function)}\b", root) is not None


def _returned(made: Call) -> Call | None:
    """Give the column that a function of the file returns."""
    named = rf"^def {made.function}\("
    for function in made.node.get_root().root().find_all(kind="function_definition", regex=named):
        for returned in function.find_all(kind="return_statement"):
            column = call(returned.child(1))
            if column is not None and _is_column(column):
                return column
    return None


def _suggestion(migration: Migration, operation: Operation) -> Suggestion | None:
    """Give the database the default that the column has in Python, where that is a literal."""
    column = _column(operation)
    if column is None or column.node.range().start.index < operation.node.range().start.index:
        return None
    default = column.keywords.get("default")
    nullable = column.keywords.get("nullable")
    if default is None or nullable is None or default.kind() not in {"true", "false", "integer", "string"}:
        return None
    value = default.text() if default.kind() == "string" else f'"{default.text().lower()}"'
    place = nullable.range().end
    line = migration.source.lines[place.line]
    text = f"{line[: place.column]}, {_DEFAULT}={value}{line[place.column :]}".removesuffix("\r")
    return Suggestion(place.line + 1, place.line + 1, text)


def _misspelled_default(migration: Migration, operation: Operation) -> str | None:
    """Give the keyword that was meant to be the default, empty where there is none; None where all is well."""
    if operation.name != "add_column" or not migration.touches(operation) or migration.is_new(operation):
        return None
    column = _column(operation)
    if column is None or column.open or _has_default(column):
        return None
    nullable = column.keywords.get("nullable")
    inner = {argument.name for argument in map(call, column.positional) if argument is not None}
    inner |= {argument.text().rpartition(".")[2] for argument in column.positional}
    if nullable is None or not _is_false(nullable) or inner & _FILLS_ITSELF:
        return None
    meant = next(iter(nearest(_DEFAULT, column.keywords, alike=_CLOSE)), "")
    meant = "" if meant == _DEFAULT else meant
    return meant if meant or migration.changed(operation) else None


def _has_default(column: Call) -> bool:
    given = column.keywords.get(_DEFAULT)
    return given is not None and given.text() != "None"


def _is_false(node: Node) -> bool:
    values = assigned(node)
    return bool(values) and all(value.text() == "False" for value in values)

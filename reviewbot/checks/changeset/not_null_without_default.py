"""A NOT NULL column without a server default is added to a table that was there."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from reviewbot.checks.changeset.of_migrations import ONLINE, migration_check
from reviewbot.checks.changeset.operations import migrations
from reviewbot.checks.project.nodes import call
from reviewbot.finding import Confidence, Severity, Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.changeset.operations import Migration, Operation
    from reviewbot.checks.project.nodes import Call

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
        "Columns with `server_default`, identity and computed columns, nullable columns, tables that the same change "
        "creates, what an older migration did already before it was edited (a misspelled `server_default` that comes "
        "with the edit is reported), and `downgrade`. One finding for each migration, which counts the others."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    words=(*ONLINE, "safe migration", "migrations are safe", "backward-compatible migration"),
)

_DEFAULT = "server_default"
# So like the word must a keyword be to be meant for it: `default` is not.
_CLOSE = 0.85
_FILLS_ITSELF = frozenset({"Identity", "Computed"})


def run(context: Context) -> Iterator[Draft]:
    """Report the first such column of each migration."""
    for migration in migrations(context):
        found = [(one, meant) for one in migration.upgrade if (meant := _meant(migration, one)) is not None]
        if found:
            (first, meant), more = found[0], len(found) - 1
            column = f"{first.table}.{first.column}".strip(".")
            typo = f" (`{meant}` is not `{_DEFAULT}`)" if meant else ""
            others = f" (and {more} more in this migration)" if more else ""
            title = f"`{column}` is added NOT NULL without a server default{typo}; the table may have rows{others}"
            yield replace(migration.draft(first, title), suggestion=_suggestion(migration, first))
            continue
        for one, action in migration.in_sql("add required"):
            column = f"{action.table}.{action.column}"
            yield migration.draft(one, f"`{column}` is added NOT NULL without a default; the table may have rows")
            break


def _column(made: Call) -> Call | None:
    columns = (call(node) for node in (*made.positional, *made.keywords.values()))
    return next((each for each in columns if each is not None and each.name == "Column"), None)


def _suggestion(migration: Migration, one: Operation) -> Suggestion | None:
    """Give the database the default that the column has in Python, where that is a literal."""
    made = call(one.node)
    column = _column(made) if made is not None else None
    default = column.keywords.get("default") if column is not None else None
    nullable = column.keywords.get("nullable") if column is not None else None
    if default is None or nullable is None or default.kind() not in {"true", "false", "integer", "string"}:
        return None
    value = default.text() if default.kind() == "string" else f'"{default.text().lower()}"'
    place = nullable.range().end
    line = migration.source.text.split("\n")[place.line]
    text = f"{line[: place.column]}, {_DEFAULT}={value}{line[place.column :]}".removesuffix("\r")
    return Suggestion(place.line + 1, place.line + 1, text)


def _meant(migration: Migration, one: Operation) -> str | None:
    """Give the keyword that was meant to be the default, empty where there is none; None where all is well."""
    made = call(one.node)
    if made is None or one.name != "add_column" or not migration.touches(one) or one.table in migration.created:
        return None
    column = _column(made)
    if column is None or column.open or _DEFAULT in column.keywords:
        return None
    nullable = column.keywords.get("nullable")
    inner = {each.name for each in map(call, column.positional) if each is not None}
    if nullable is None or nullable.text() != "False" or inner & _FILLS_ITSELF:
        return None
    meant = next(iter(get_close_matches(_DEFAULT, column.keywords, 1, _CLOSE)), "")
    return meant if meant or migration.changed(one) else None

"""A migration drops or renames what the code that still runs uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.operations import migrations
from reviewbot.checks.scope import MIGRATIONS
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.changeset.operations import Migration, Operation

CHECK = Check(
    id="drop-in-upgrade",
    title="A column or table is dropped or renamed in upgrade",
    why=(
        "While the deployment rolls out, and after a rollback, the old code still reads and writes what is gone; and "
        "dropped data does not come back with `downgrade`."
    ),
    fix=(
        "Take two releases: first stop using it, then drop it. For a rename add the new one, copy, and drop the old "
        "one in a later revision."
    ),
    leaves_alone=(
        "Dropped indexes and constraints, everything in `downgrade`, tables and columns that the same change creates, "
        "and a table that is rebuilt under its own name. One finding for each migration, which counts the others."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    items=(
        "sinag-backend-architect/safe-migrations",
        "trainsmart-senior-backend-architect/zero-downtime-migrations",
    ),
    decides=(),
    paths=MIGRATIONS,
    ignores=("tests/", "test_*.py"),
    needs=Needs.CHANGE,
    engine="change-set",
    words=("zero-downtime", "safe migration", "migrations are safe", "destructive migration"),
)

_NAME = r'"?((?:\w+\.)?\w+)"?'
_IN_SQL = (
    (
        re.compile(rf"(?i)^\W*alter\s+table\s+(?:if\s+exists\s+)?{_NAME}\s+drop\s+column\s+(?:if\s+exists\s+)?{_NAME}"),
        "dropped",
    ),
    (re.compile(rf"(?i)^\W*alter\s+table\s+(?:if\s+exists\s+)?{_NAME}\s+rename\s+column\s+{_NAME}"), "renamed"),
    (re.compile(rf"(?i)^\W*drop\s+table\s+(?:if\s+exists\s+)?{_NAME}"), "dropped"),
)


def run(context: Context) -> Iterator[Draft]:
    """Report the first such operation of each migration."""
    for migration in migrations(context):
        found = [
            (one, taken) for one in migration.upgrade if migration.changed(one) and (taken := _taken(migration, one))
        ]
        if found:
            (first, (what, how)), more = found[0], len(found) - 1
            others = f" (and {more} more in this migration)" if more else ""
            yield migration.draft(first, f"`{what}` is {how}, and the running code may still use it{others}")


def _taken(migration: Migration, one: Operation) -> tuple[str, str] | None:
    """Give what an operation takes away from the running code and how; None where it takes nothing."""
    for pattern, how in _IN_SQL:
        found = pattern.search(one.sql)
        if found:
            return None if _is_new(migration, found[1], "") else (".".join(found.groups()), how)
    if one.name in {"drop_table", "rename_table"}:
        rebuilt = any(
            other.name == "rename_table" and other.positional[-1:] == (one.table,) for other in migration.upgrade
        )
        how = "dropped" if one.name == "drop_table" else "renamed"
        return None if rebuilt or _is_new(migration, one.table, "") else (one.table, how)
    renamed = one.name == "alter_column" and "new_column_name" in one.keywords
    if not (renamed or one.name == "drop_column") or _is_new(migration, one.table, one.column):
        return None
    return f"{one.table}.{one.column}", "renamed" if renamed else "dropped"


def _is_new(migration: Migration, table: str, column: str) -> bool:
    """Tell whether the change itself makes the table or the column."""
    if table in migration.created:
        return True
    return bool(column) and any(
        other.name == "add_column" and other.table == table and other.column == column for other in migration.upgrade
    )

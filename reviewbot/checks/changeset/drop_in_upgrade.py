"""A migration drops or renames what the code that still runs uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviewbot.checks.helpers.earlier_use import names
from reviewbot.checks.helpers.literals import values
from reviewbot.checks.helpers.migration_check import ONLINE, migration_check, renamed_to
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.checks.helpers.operation import Operation
    from reviewbot.checks.project import Side

CHECK = migration_check(
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
        "a table that is rebuilt under its own name, what an older migration did already before it was edited, and "
        "names that are computed. Where the tree before the change is known: what no model and no code of the "
        "application names there, since then this is the second of the two releases. One finding for each migration, "
        "which counts the others."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    words=(*ONLINE, "safe migration", "migrations are safe", "destructive migration"),
)

_IN_SQL = {"drop": "dropped", "rename": "renamed"}


def run(context: Context) -> Iterator[Draft]:
    """Report the first such operation of each migration."""
    base = context.project.base if context.project is not None else None
    for migration in migrations(context):
        losses = [
            (operation, loss)
            for operation in migration.upgrade
            if migration.changed(operation)
            for loss in _losses(migration, operation)
            if base is None or _is_used(base, loss)
        ]
        if losses:
            (first, loss), more = losses[0], len(losses) - 1
            others = f" (and {more} more in this migration)" if more else ""
            title = f"`{loss.name}` is {loss.how}, and the running code may still use it{others}"
            yield migration.draft(first, title)


class _Loss(NamedTuple):
    """What an operation takes from the running code: a table, or a column of it."""

    table: str
    column: str
    how: str

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


def _is_used(base: Side, loss: _Loss) -> bool:
    """Tell whether the code before the change uses it: where nothing does, this is the second of the two releases."""
    return names(base, loss.table.rpartition(".")[2], loss.column)


def _losses(migration: Migration, operation: Operation) -> Iterator[_Loss]:
    """Give what an operation takes away, as far as it is named by literals and constants."""
    for action in operation.actions:
        rebuilt = not action.column and action.table in renamed_to(migration)
        if action.does in _IN_SQL and not rebuilt and not _is_new(migration, action.table, action.column):
            yield _Loss(action.table, action.column, _IN_SQL[action.does])
    how = _how(migration, operation)
    for table in values(operation.table_node) if how else ():
        if operation.column_node is None:
            yield _Loss(table, "", how)
        else:
            yield from (_Loss(table, column, how) for column in values(operation.column_node))


def _how(migration: Migration, operation: Operation) -> str:
    """Tell how an operation takes away what was there; empty where it does not."""
    if operation.name in {"drop_table", "rename_table"}:
        rebuilt = operation.table in renamed_to(migration)
        how = "dropped" if operation.name == "drop_table" else "renamed"
        return "" if rebuilt or _is_new(migration, operation.table, "") else how
    renamed = operation.name == "alter_column" and "new_column_name" in operation.keywords
    if not (renamed or operation.name == "drop_column") or _is_new(migration, operation.table, operation.column):
        return ""
    replaced = any(
        other.table == operation.table and other.keywords.get("new_column_name") == operation.column
        for other in migration.upgrade
    )
    return "renamed" if renamed else "replaced by another column" if replaced else "dropped"


def _is_new(migration: Migration, table: str, column: str) -> bool:
    """Tell whether the change itself makes the table or the column."""
    if table in migration.created:
        return True
    return bool(column) and any(
        other.name == "add_column" and other.table == table and other.column == column for other in migration.upgrade
    )

"""Data is copied, and what it was copied from is dropped, in one revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks.helpers.data_copies import is_copied
from reviewbot.checks.helpers.literals import values
from reviewbot.checks.helpers.migration_check import ONLINE, migration_check, renamed_to
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.checks.helpers.operation import Operation

CHECK = migration_check(
    id="backfill-with-drop",
    title="Data is copied and its source dropped in one revision",
    why=(
        "What the old code writes while the deployment runs is lost, a mistake in the copy is noticed when its source "
        "is gone, and the code cannot be rolled back."
    ),
    fix="Copy in this revision and let the code use the new place; drop the old one in a later release.",
    leaves_alone=(
        "A copy that does not read what is dropped (SQL, SQLAlchemy's expressions and rows that Python goes through "
        "are followed), tables that the same revision creates or rebuilds under their own name, drops alone "
        "(`drop-in-upgrade` reports those), `downgrade`."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    words=(*ONLINE, "backfill data", "data backfill"),
)


def run(context: Context) -> Iterator[Draft]:
    """Report the first drop of each migration whose data the same migration has copied."""
    for migration in migrations(context):
        for operation in migration.upgrade:
            dropped = _dropped(migration, operation) if migration.changed(operation) else ()
            steps = migration.functions_until(operation) if dropped else ()
            copied = next((drop for drop in dropped if is_copied(steps, operation, *drop)), None)
            if copied is not None:
                yield migration.draft(
                    operation, f"`{copied[1] or copied[0]}` is dropped right after its data was copied"
                )
                break


def _dropped(migration: Migration, operation: Operation) -> list[tuple[str, str]]:
    """Give table and column of what an operation drops; no column where it drops the table."""
    drops = [(action.table, action.column) for action in operation.actions if action.does == "drop"]
    if operation.name == "drop_table":
        drops += [(table, "") for table in operation.tables]
    elif operation.name == "drop_column":
        columns = values(operation.column_node) or (operation.column,)
        drops += [(table, column) for table in operation.tables for column in columns if column]
    new = migration.created | renamed_to(migration)
    return [drop for drop in drops if drop[0].rpartition(".")[2] not in new]

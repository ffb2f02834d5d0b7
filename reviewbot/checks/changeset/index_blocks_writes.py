"""An index or a unique constraint is built on a table in use, which cannot be written meanwhile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.dialects import is_for_another
from reviewbot.checks.helpers.migration_check import ONLINE, migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import call, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.checks.helpers.operation import Operation

CHECK = migration_check(
    id="index-blocks-writes",
    title="An index is built on a table in use without CONCURRENTLY",
    why=(
        "PostgreSQL lets nobody write the table until the index is built, and the lock is held until the whole "
        "migration commits: on a large table every request that writes waits, and times out."
    ),
    fix=(
        "Build it with `postgresql_concurrently=True` inside `with op.get_context().autocommit_block():`, in a "
        "revision of its own. On a table that stays small, leave it."
    ),
    leaves_alone=(
        "Tables that the same change creates, `postgresql_concurrently=True`, `autocommit_block`, indexes that are "
        "built only where a count of the rows allows it, `downgrade`; tables of which the same upgrade drops a column, "
        "alters a type, adds a generated column, or adds or drops a constraint, since that locks them anyway; indexes "
        "of columns that the same upgrade adds; branches for another database than PostgreSQL. One finding for each "
        "migration. It does not know how large a table is."
    ),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    words=(*ONLINE, "index creation", "create index concurrently", "indexes concurrently"),
)

_LOCKS = frozenset(
    {
        *("drop_column", "drop_constraint", "create_foreign_key", "create_check_constraint"),
        *("create_unique_constraint", "create_primary_key", "create_exclude_constraint"),
    }
)


_COMPUTED = re.compile(r"\b(?:Computed|Identity)\(")


def run(context: Context) -> Iterator[Draft]:
    """Report the first such index of each migration."""
    for migration in migrations(context):
        for operation in migration.on_existing("create_index"):
            if (
                "concurrently" in operation.text
                or operation.autocommit
                or operation.weighed
                or is_for_another(operation.node)
            ):
                continue
            if not _is_locked_anyway(migration, operation.table) and not _is_of_new_columns(migration, operation):
                yield migration.draft(
                    operation, f"The index locks `{operation.table}` against writes while it is built"
                )
                break
        else:
            for statement, action in migration.in_sql("index"):
                if statement.autocommit or statement.weighed or migration.commits or is_for_another(statement.node):
                    continue
                if not _is_locked_anyway(migration, action.table):
                    yield migration.draft(
                        statement, f"The index locks `{action.table}` against writes while it is built"
                    )
                    break


def _is_locked_anyway(migration: Migration, table: str) -> bool:
    """Tell whether the upgrade also does to the table what nobody can read or write it during."""
    in_sql = re.compile(
        rf"(?is)\balter\s+table\b[^;]*\b{re.escape(table)}\b[^;]*\b(?:drop|constraint|type|generated\s+always\s+as)\b"
    )
    # What is put together before is not seen in the statement.
    computes = re.search(r"(?i)\bgenerated\s+always\s+as\b", migration.body) is not None
    alters = re.compile(rf"(?i)\balter\s+table\s+{re.escape(table)}\b")
    return any(
        (operation.table == table and (operation.name in _LOCKS or _rewrites(operation)))
        or in_sql.search(operation.sql)
        or (computes and alters.search(operation.sql))
        for operation in migration.upgrade
    )


def _rewrites(operation: Operation) -> bool:
    """Tell whether PostgreSQL writes the table anew: for another type, or a column that it computes for each row."""
    if operation.name == "alter_column":
        return "type_" in operation.keywords
    return operation.name == "add_column" and _COMPUTED.search(operation.text) is not None


def _is_of_new_columns(migration: Migration, index: Operation) -> bool:
    """Tell whether an index has only columns that the same upgrade adds."""
    made = call(index.node)
    columns = strings(made.argument(1 if index.in_batch else 2, "columns")) if made is not None else None
    added = {
        operation.column
        for operation in migration.upgrade
        if operation.name == "add_column" and operation.table == index.table
    }
    return bool(columns) and added.issuperset(columns or ())

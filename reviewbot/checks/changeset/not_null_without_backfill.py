"""A column becomes NOT NULL, and nothing fills the rows that have no value."""

from __future__ import annotations

import re
from posixpath import dirname
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.migration_check import ONLINE, migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.checks.helpers.operation import Operation
    from reviewbot.core.change import Tree

CHECK = migration_check(
    id="not-null-without-backfill",
    title="A column becomes NOT NULL and no row is filled before",
    why=(
        "One row without a value makes the migration fail, in production and not on the developer's empty database; "
        "and the code that still runs during the deployment may insert without it."
    ),
    fix=(
        'Fill the rows first (`op.execute("UPDATE … SET … WHERE … IS NULL")`) in an earlier revision, and set NOT '
        "NULL when no running code leaves it out."
    ),
    leaves_alone=(
        "Any SQL, session or function of the file that runs before it in the same upgrade; columns and tables that the "
        "same revision creates; columns that were NOT NULL already (`existing_nullable=False`, or a changed type or "
        "name that only restates it); columns that another revision fills, or made NOT NULL from the start; a comment "
        "that says the rows were filled; `downgrade`. One finding for each migration."
    ),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    words=(*ONLINE, "safe migration", "migrations are safe"),
    topics=("NOT NULL",),
)

_FILLS = frozenset({"execute", "bulk_insert"})
# SQL that fills no rows.
_CHANGES_TABLES = re.compile(r"(?i)^\W*(?:alter|create|drop|comment|lock|set|analyze|vacuum)\b")
_FILLING = re.compile(r"(?i)\bupdate\b|\binsert\b|\bdefault\b")
_RESTATES = ("type_", "new_column_name")
_BY_SESSION = re.compile(r"\.(?:query|commit|scalars)\(")
_SAYS_SO = re.compile(r"(?i)back-?fill|data migration|guarantee|follow-?up|populated")


def run(context: Context) -> Iterator[Draft]:
    """Report the first such column of each migration."""
    for migration in migrations(context):
        for operation in migration.on_existing("alter_column"):
            if operation.keywords.get("nullable") != "False" or _was_filled(migration, operation):
                continue
            if not _was_filled_earlier(context.changes.head_tree, migration, operation.table, operation.column):
                yield migration.draft(
                    operation, f"`{operation.table}.{operation.column}` becomes NOT NULL, and nothing fills empty rows"
                )
                break
        else:
            yield from _in_sql(context, migration)


def _in_sql(context: Context, migration: Migration) -> Iterator[Draft]:
    """Report the first column that raw SQL makes NOT NULL."""
    for statement, action in migration.in_sql("set not null"):
        filled = _FILLING.search(statement.sql) or _is_filled_before(migration, statement, action.column)
        tree, table = context.changes.head_tree, action.table.rpartition(".")[2]
        if not filled and not _was_filled_earlier(tree, migration, table, action.column):
            yield migration.draft(
                statement, f"`{action.table}.{action.column}` becomes NOT NULL, and nothing fills empty rows"
            )
            break


def _was_filled_earlier(tree: Tree | None, migration: Migration, in_table: str, in_column: str) -> bool:
    """Tell whether another revision fills the column, or made it NOT NULL from the start."""
    folder = f"{dirname(migration.file.path)}/"
    paths = [path for path in (tree.paths if tree else ()) if path.startswith(folder) and path != migration.file.path]
    table, column = re.escape(in_table), re.escape(in_column)
    filled = re.compile(
        rf"(?is)\bupdate\s\W*+{table}\b.{{,300}}\bset\b.{{,300}}\b{column}\b"
        rf"|Column\(\s{{,200}}[\"']{column}[\"'][^\n]{{,500}}nullable=False"
    )
    texts = tree.read(sorted(paths)).values() if tree and paths else ()
    return any(in_table in text and filled.search(text) for text in texts)


def _was_filled(migration: Migration, operation: Operation) -> bool:
    if operation.keywords.get("existing_nullable") == "False" or any(key in operation.keywords for key in _RESTATES):
        return True
    return _is_filled_before(migration, operation, operation.column)


def _is_filled_before(migration: Migration, operation: Operation, column: str) -> bool:
    if migration.calls_its_own or _BY_SESSION.search(migration.body) or _SAYS_SO.search(migration.source.text):
        return True
    earlier = [other for other in migration.upgrade if other.start_line < operation.start_line]
    return any(
        (other.name in _FILLS and not _CHANGES_TABLES.match(other.sql))
        or (other.name == "add_column" and other.column == column)
        for other in earlier
    )

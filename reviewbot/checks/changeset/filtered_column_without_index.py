"""A new column is filtered on and has no index."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.added_lines import post_image
from reviewbot.checks.helpers.changed_modules import declares, draft, tables
from reviewbot.checks.helpers.migration_check import is_migration
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.tables import Column, Table
    from reviewbot.core.change import ChangedFile

CHECK = Check(
    id="filtered-column-without-index",
    title="A new foreign key is filtered on and has no index",
    why=(
        "PostgreSQL makes no index for a foreign key: the query reads the whole table, and so does every deletion of a "
        "row that is referred to."
    ),
    fix="Set `index=True`, or put the column first in an `Index`, in the model and in the migration.",
    leaves_alone=(
        "Columns that no query of the project filters on, joins aside; indexes in the model, in `__table_args__` or in "
        "any migration; unique columns; columns that only get another name or are only written otherwise; columns that "
        "are no foreign keys."
    ),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    items=(
        "sinag-backend-architect/indexes-for-queries",
        "trainsmart-senior-backend-architect/indexing",
    ),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    group_above=3,
    words=(
        "missing index",
        "missing database index",
        "unindexed",
        "database indexes",
        "database indexing",
        "indexes on foreign keys",
    ),
    topics=("index",),
)


def run(context: Context) -> Iterator[Draft]:
    """Report each new foreign key that some query filters on and no index begins with."""
    for file, table in tables(context):
        for column in table.columns:
            if not column.is_foreign_key or not declares(context, file, table.module, column.node):
                continue
            if context.project is None or context.project.tables.has_index(table, column):
                continue
            place = _filtered_at(context.project, table, column)
            if place is not None and not _is_renamed(context, file, table, column):
                title = f"`{table.definition.name}.{column.name}` has no index, and `{place}` filters on it"
                yield draft(table.module, column.node, title)


def _is_renamed(context: Context, file: ChangedFile, table: Table, column: Column) -> bool:
    """Tell whether the column was there under another name, by a migration or by what the model said before."""
    new_name = re.compile(rf"""\bnew_column_name\s*=\s*["']{re.escape(column.name)}["']""")
    migrations = (post_image(migration) or "" for migration in context.changes.files if is_migration(migration))
    if any(new_name.search(text) for text in migrations):
        return True
    says = column.text.removeprefix(column.name)
    old_names = re.findall(rf"^[ \t]*+(\w+){re.escape(says)}", file.old_text or "", re.MULTILINE)
    return any(name not in table.lineage.attributes for name in old_names)


def _filtered_at(project: Project, table: Table, column: Column) -> str | None:
    """Give the first place that compares the column in a query, as ``path:line``, or None."""
    name = f"{table.definition.name}.{column.name}"
    # A join compares it with another table's key, which has an index of its own.
    compared = re.compile(rf"\b{re.escape(name)}\s*(?:==(?!\s*[A-Z]\w*\.\w)|\.in_\()")
    for module in project.code.mentioning(name):
        match = compared.search(module.text)
        if match is not None:
            return f"{module.path}:{module.text.count(chr(10), 0, match.start()) + 1}"
    return None

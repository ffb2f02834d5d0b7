"""A migration changes the schema and cannot be taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.migration_check import migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.operation import Operation
    from reviewbot.python.syntax import Node

CHECK = migration_check(
    id="missing-downgrade",
    title="A migration changes the schema, and `downgrade` takes nothing back",
    why=(
        "When the deployment has to be rolled back, Alembic reports success and leaves the new schema under the old "
        "code; the next `upgrade` then fails on what is already there."
    ),
    fix="Undo in `downgrade`, in reverse order, what `upgrade` does; where that is impossible, raise with the reason.",
    leaves_alone=(
        "Migrations that only change data or an enum type, merges, a `downgrade` that raises, and one whose comment "
        "gives a reason."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    items=(
        "python-backend-reviewer/safe-migrations",
        "sinag-backend-architect/safe-migrations",
        "trainsmart-senior-backend-architect/deploy-and-rollback",
    ),
    words=(
        "rollback of migrations",
        "reversible migration",
        "migrations are reversible",
        "migrations reversible",
        "migration rollback",
        "rollback migrations",
    ),
    topics=("downgrade",),
)

_SCHEMA = frozenset(
    {
        *("add_column", "alter_column", "drop_column", "create_table", "drop_table", "rename_table"),
        *("create_index", "drop_index", "create_foreign_key", "create_unique_constraint", "create_check_constraint"),
        *("create_primary_key", "drop_constraint"),
    }
)
_DDL = re.compile(r"(?i)\b(?:create|drop)\s+table\b|\balter\s+table\b.*\b(?:add|drop)\s+column\b")
_NOTHING = frozenset({"pass_statement", "comment"})
_REASON = 6  # words: "# Nothing to do" says nothing, "# The values are still used by older rows" does


def run(context: Context) -> Iterator[Draft]:
    """Report the first change of the schema in each migration that cannot be taken back."""
    for migration in migrations(context):
        first = next(
            (
                operation
                for operation in migration.upgrade
                if _changes_schema(operation) and migration.changed(operation)
            ),
            None,
        )
        if first is not None and (migration.downgrade is None or _is_empty(migration.downgrade)):
            title = "`downgrade` is empty" if migration.downgrade is not None else "There is no `downgrade`"
            yield migration.draft(first, f"{title}, so `{first.name}` cannot be taken back")


def _changes_schema(operation: Operation) -> bool:
    return operation.name in _SCHEMA or _DDL.search(operation.sql) is not None


def _is_empty(function: Node) -> bool:
    """Tell whether a function has no statement, and no comment that says why."""
    body = function.field("body")
    statements = body.children() if body is not None else []
    if any(node.kind() not in _NOTHING and not _is_idle(node.text()) for node in statements):
        return False
    return len(" ".join(node.text() for node in function.find_all(kind="comment")).split()) <= _REASON


def _is_idle(text: str) -> bool:
    return text in {"...", "return", "return None"} or text.lstrip("rR").startswith(('"', "'"))

"""A constraint is added to a table in use, and all its rows are checked under the lock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.migration_check import ONLINE, migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft

CHECK = migration_check(
    id="constraint-validated-at-once",
    title="A constraint is added to a table in use and validated at once",
    why=(
        "PostgreSQL reads the whole table while it keeps others from writing it (for a foreign key, both tables), and "
        "one row that breaks the rule makes the deployment fail."
    ),
    fix=(
        "Add it with `postgresql_not_valid=True`, which is quick and holds for new rows, repair the old ones, and run "
        "`ALTER TABLE … VALIDATE CONSTRAINT …` in a later revision."
    ),
    leaves_alone=(
        "Tables and columns that the same revision creates, `postgresql_not_valid=True`, tables of which the same "
        "revision drops a constraint, since it only changes that; `downgrade`. One finding for each migration."
    ),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    items=("trainsmart-senior-backend-architect/zero-downtime-migrations",),
    words=(*ONLINE, "validate constraint", "validated constraint"),
)


def run(context: Context) -> Iterator[Draft]:
    """Report the first such constraint of each migration."""
    for migration in migrations(context):
        new = [
            operation.column for operation in migration.upgrade if operation.name == "add_column" and operation.column
        ]
        changed = {operation.table for operation in migration.upgrade if operation.name == "drop_constraint"}
        for operation in migration.on_existing("create_foreign_key", "create_check_constraint"):
            of_new = any(re.search(rf"\b{re.escape(column)}\b", operation.text) for column in new)
            if "not_valid" not in operation.text and operation.table not in changed and not of_new:
                yield migration.draft(
                    operation, f"All rows of `{operation.table}` are checked while the table is locked"
                )
                break

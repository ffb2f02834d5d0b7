"""A value is added to an enum type: a hint, since nothing takes it back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.enum_values import added_values
from reviewbot.checks.helpers.migration_check import migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration

CHECK = migration_check(
    id="enum-value-added",
    title="A value is added to an enum type inside the migration's transaction",
    why=(
        "PostgreSQL cannot drop a value, so it outlives a `downgrade` that does not make the type anew; and no later "
        "revision of the same `upgrade` may use it, because Alembic runs them in one transaction; before PostgreSQL 12 "
        "the statement is refused there altogether."
    ),
    fix="Run it in `with op.get_context().autocommit_block():`, with `IF NOT EXISTS`.",
    leaves_alone=(
        "`autocommit_block`, connections in AUTOCOMMIT, a commit by hand; a `downgrade` that makes the type anew. A "
        "hint: PostgreSQL 12 and later accept it. One finding for each migration."
    ),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    items=("sinag-backend-architect/safe-migrations",),
    words=("enum migrations", "alter type add value"),
    topics=("enum values", "enum changes"),
)


def run(context: Context) -> Iterator[Draft]:
    """Report the first value of each migration that is added inside the transaction."""
    for migration in migrations(context):
        for operation, kind, _ in added_values(migration):
            if not migration.commits and migration.changed(operation) and not _made_anew(migration, kind):
                yield migration.draft(operation, f"A value is added to `{kind}` inside the transaction")
                break


def _made_anew(migration: Migration, kind: str) -> bool:
    """Tell whether `downgrade` makes the type once more, without the value."""
    name = rf"""["\\]*(?:\w+\.)?{re.escape(kind.rpartition(".")[2].strip('"'))}\b"""
    anew = rf"""(?i)\bcreate\s+type\s+{name}|\balter\s+type\s+{name}["\\]*\s+rename\s+to|\brename\s+to\s+{name}"""
    made = rf"""\bname\s*=\s*["']{name}["'][^()]*\)\s*\.create\("""
    text = migration.downgrade.text() if migration.downgrade is not None else ""
    return re.search(anew, text) is not None or re.search(made, text) is not None

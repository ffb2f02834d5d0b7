"""A value is added to an enum type, and used, in one transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset.of_migrations import ONLINE, migration_check
from reviewbot.checks.changeset.operations import added_values, migrations
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.changeset.operations import Operation

CHECK = migration_check(
    id="enum-value-used-at-once",
    title="A value is added to an enum type and used in the same transaction",
    why="PostgreSQL refuses it (`unsafe use of new value`), so the migration fails wherever it is run.",
    fix=(
        "Add the value in `with op.get_context().autocommit_block():`, or in an earlier revision that is committed by "
        "itself, and use it afterwards."
    ),
    leaves_alone=(
        "`autocommit_block`, connections in AUTOCOMMIT, a commit by hand, values that the migration only looks up in "
        "`pg_enum` or names in a type; `downgrade`."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    words=(*ONLINE,),
    topics=("enum values", "enum changes"),
)

_USES = re.compile(r"(?i)\b(?:update\b.*\bset|insert\s+into|set\s+default)\b")


def run(context: Context) -> Iterator[Draft]:
    """Report the first value of each migration that is used before it is committed."""
    for migration in migrations(context):
        for one, kind, value in added_values(migration):
            used = any(_uses(other, value) for other in migration.upgrade if other.start_line > one.start_line)
            if value and used and migration.changed(one):
                yield migration.draft(one, f"`{value}` is added to `{kind}` and used in the same transaction")
                break


def _uses(other: Operation, value: str) -> bool:
    return (bool(_USES.search(other.sql)) and f"'{value}'" in other.sql) or any(
        value in other.keywords.get(key, "") for key in ("server_default",)
    )

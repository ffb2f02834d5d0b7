"""What the checks that look at changed migrations, each by itself, have in common."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.added_lines import post_image
from reviewbot.core.check import Check, Needs
from reviewbot.core.file_kinds import MIGRATIONS, is_revision
from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.core.change import ChangedFile

# What the items say that are about migrations which the running application does not notice.
ONLINE = (
    "zero-downtime migrations",
    "zero-downtime schema",
    "zero-downtime database",
    "migrations with zero downtime",
    "migrations without downtime",
    "online migrations",
    "online schema changes",
)

_RENAMES = re.compile(r'(?i)\balter\s+table\s+(?:if\s+exists\s+)?[\w".]+\s+rename\s+to\s+"?(\w+)')

migration_check = partial(
    Check,
    items=(
        "sinag-backend-architect/safe-migrations",
        "trainsmart-senior-backend-architect/zero-downtime-migrations",
    ),
    decides=(),
    paths=MIGRATIONS,
    ignores=("tests/", "test_*.py"),
    needs=Needs.CHANGE,
    engine="change-set",
)


def is_migration(file: ChangedFile) -> bool:
    """Tell whether a changed file is a migration, by its place or by what it says of itself."""
    text = (post_image(file) or file.old_text or "") if file.path.endswith(".py") else ""
    return matches(MIGRATIONS, file.path) or is_revision(text)


def renamed_to(migration: Migration) -> set[str]:
    """Give the names that tables are renamed to: what had the name before is rebuilt."""
    names = {
        operation.positional[-1]
        for operation in migration.upgrade
        if operation.name == "rename_table" and operation.positional
    }
    return names.union(*(_RENAMES.findall(operation.sql) for operation in migration.upgrade))

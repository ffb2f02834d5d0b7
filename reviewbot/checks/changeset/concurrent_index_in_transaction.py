"""An index is built concurrently inside the migration's transaction, which PostgreSQL refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset.of_migrations import ONLINE, migration_check
from reviewbot.checks.changeset.operations import migrations
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import Tree
    from reviewbot.checks.changeset import Context, Draft

CHECK = migration_check(
    id="concurrent-index-in-transaction",
    title="An index is built concurrently inside the migration's transaction",
    why=(
        "PostgreSQL answers `CREATE INDEX CONCURRENTLY cannot run inside a transaction block`, so the migration fails "
        "wherever it is run."
    ),
    fix="Put it into `with op.get_context().autocommit_block():`.",
    leaves_alone=(
        "`autocommit_block`, connections in AUTOCOMMIT, a commit by hand, projects whose `env.py` migrates in "
        "AUTOCOMMIT, `postgresql_concurrently=False`, and `downgrade`."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    words=(*ONLINE, "index creation", "create index concurrently", "indexes concurrently"),
)

_CONCURRENT = re.compile(
    r"(?i)postgresql_concurrently\s*=\s*True|\b(?:create(?:\s+unique)?|drop)\s+index\s+concurrently\b"
)


def run(context: Context) -> Iterator[Draft]:
    """Report the first such index of each migration."""
    for migration in migrations(context):
        for one in migration.upgrade:
            text = one.sql or one.text
            if not _CONCURRENT.search(text) or one.autocommit or migration.commits or not migration.changed(one):
                continue
            if not _in_autocommit(context.changes.head_tree):
                yield migration.draft(one, "The index is built concurrently, but inside the migration's transaction")
            break


def _in_autocommit(tree: Tree | None) -> bool:
    """Tell whether the project runs its migrations without a transaction."""
    if tree is None:
        return False
    environments = [path for path in tree.paths if path.endswith("/env.py")]
    return any("AUTOCOMMIT" in text for text in tree.read(environments).values())

"""An index or a unique constraint is built on a table in use, which cannot be written meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.operations import migrations
from reviewbot.checks.scope import MIGRATIONS
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft

CHECK = Check(
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
        "built only where a count of the rows allows it, `downgrade`. One finding for each migration. It does not know "
        "how large a table is."
    ),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    items=("trainsmart-senior-backend-architect/zero-downtime-migrations",),
    decides=(),
    paths=MIGRATIONS,
    ignores=("tests/", "test_*.py"),
    needs=Needs.CHANGE,
    engine="change-set",
    words=("zero-downtime", "concurrently", "index creation"),
)


def run(context: Context) -> Iterator[Draft]:
    """Report the first such index of each migration."""
    for migration in migrations(context):
        for one in migration.on_existing("create_index"):
            if "concurrently" not in one.text and not one.autocommit and not one.weighed:
                yield migration.draft(one, f"The index locks `{one.table}` against writes while it is built")
                break

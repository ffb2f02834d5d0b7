"""Data is copied, and what it was copied from is dropped, in one revision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset.of_migrations import ONLINE, migration_check
from reviewbot.checks.changeset.operations import migrations
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.changeset.operations import Operation

CHECK = migration_check(
    id="backfill-with-drop",
    title="Data is copied and its source dropped in one revision",
    why=(
        "What the old code writes while the deployment runs is lost, a mistake in the copy is noticed when its source "
        "is gone, and the code cannot be rolled back."
    ),
    fix="Copy in this revision and let the code use the new place; drop the old one in a later release.",
    leaves_alone=(
        "A copy that does not read what is dropped, tables that the same revision creates or rebuilds under their own "
        "name, drops alone (`drop-in-upgrade` reports those), `downgrade`."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    words=(*ONLINE, "backfill data", "data backfill"),
)

_COPIES = re.compile(r"(?is)^\W*(?:with\b.*)?(?:insert\s+into|update)\b")


def run(context: Context) -> Iterator[Draft]:
    """Report the first drop of each migration whose data the same migration has copied."""
    for migration in migrations(context):
        copies: list[Operation] = []
        renamed = {one.positional[-1] for one in migration.upgrade if one.name == "rename_table" and one.positional}
        for one in migration.upgrade:
            if _COPIES.match(one.sql):
                copies.append(one)
            elif one.name in {"drop_column", "drop_table"} and one.table not in migration.created | renamed:
                what = one.column if one.name == "drop_column" else one.table
                if migration.changed(one) and any(_reads(copy.sql, what, one.table) for copy in copies):
                    yield migration.draft(one, f"`{what}` is dropped right after its data was copied")
                    break


def _reads(sql: str, what: str, table: str) -> bool:
    return bool(re.search(rf"\b{re.escape(what)}\b", sql) and re.search(rf"\b{re.escape(table)}\b", sql))

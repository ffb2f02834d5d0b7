"""A new table does not say when its rows came to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import draft, tables
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project.tables import Table
    from reviewbot.core.change import ChangedFile

CHECK = Check(
    id="table-without-timestamps",
    title="A new table does not say when its rows came to be",
    why="When something is wrong with the data, nobody can tell which rows came before and which after it.",
    fix="Add `created_at` and `updated_at` with `server_default=func.now()`, or the project's mixin that has them.",
    leaves_alone=(
        "Tables that have any time column, by whatever name, their own or inherited; tables that only connect two "
        "others; lists that come with their parent: new with a table that has a time, refers to it and lists them; "
        "bases that cannot be seen; tables that were there before."
    ),
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    items=(
        "sinag-backend-architect/audit-columns",
        "trainsmart-senior-backend-architect/data-model",
    ),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    group_above=3,
    words=("audit column", "audit fields", "created_at", "timestamp columns"),
)

_TIME = re.compile(r"(?i)(_at|_on|_time|timestamp|_date|^date|^created|^modified)$|^(created|inserted|updated|time)")
_FEWEST_COLUMNS = 4  # with fewer of its own it is a small look-up table


def run(context: Context) -> Iterator[Draft]:
    """Report each new table without any time column."""
    made = [(file, table) for file, table in tables(context) if _is_new(file, table)]
    timed = [table for _, table in made if _has_time(table)]
    for _, table in made:
        if not _has_time(table) and not _connects(table) and not any(_is_listed(table, parent) for parent in timed):
            title = f"`{table.definition.name}` has neither `created_at` nor any other time"
            yield draft(table.module, table.definition.node, title)


def _is_new(file: ChangedFile, table: Table) -> bool:
    was_there = file.old_text is not None and table.name in file.old_text
    return first_line(table.definition.node) in file.added_lines and not was_there


def _is_listed(table: Table, parent: Table) -> bool:
    """Tell whether rows are a list that belongs to a row of another table, and so as old as that is."""
    owned = re.compile(rf"ForeignKey\(\s*[\"']{re.escape(parent.name)}\.[^)]*CASCADE")
    listed = re.compile(rf"\b(?:[Ll]ist|[Ss]et|relationship)\b[^\n]*\b{table.definition.name}\b")
    return owned.search(_text(table)) is not None and listed.search(_text(parent)) is not None


def _has_time(table: Table) -> bool:
    names = table.lineage.attributes
    return not table.lineage.complete or any(_TIME.search(name) for name in names) or "DateTime" in _text(table)


def _text(table: Table) -> str:
    return "\n".join(definition.node.text() for _, definition in table.lineage.classes)


def _connects(table: Table) -> bool:
    keys = sum(column.is_foreign_key for column in table.columns)
    return len(table.columns) < _FEWEST_COLUMNS or keys >= len(table.columns) - 1

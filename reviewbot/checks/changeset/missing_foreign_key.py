"""A column refers to another table by its name, and the database does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import adds, draft, modules
from reviewbot.checks.project.nodes import first_line, last_line
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project.tables import Column, Table, Tables

CHECK = Check(
    id="missing-foreign-key",
    title="A column refers to a table and is no foreign key",
    why="Nothing keeps the row it refers to from being deleted, nor an id from being written that never existed.",
    fix='Make it one (`ForeignKey("…", ondelete=…)`), in the model and in the migration.',
    leaves_alone=(
        "Columns whose name fits no table of the project; text columns, which often hold the id of another system; "
        "primary keys; foreign keys in `__table_args__`; pairs such as `entity_type` and `entity_id`; tables that keep "
        "a history or a log, whose rows may outlive what they are about."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    items=(
        "sinag-backend-architect/foreign-keys",
        "trainsmart-senior-backend-architect/data-model",
    ),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("foreign key constraints", "missing foreign keys", "referential integrity"),
    topics=("foreign key",),
)

_NUMBER = re.compile(r"\b(?:Integer|BigInteger|SmallInteger|UUID|Uuid|int)\b")
_HISTORY = re.compile(r"(?i)audit|history|log(?:s|_entries)?$|event|snapshot|archive|outbox|metric")


def run(context: Context) -> Iterator[Draft]:
    """Report each new column that is named after a table of the project and has no foreign key."""
    for file, module in modules(context, "__tablename__"):
        if context.project is None:
            continue
        tables = context.project.tables
        for table in tables.of(module):
            for column in table.columns if not _HISTORY.search(table.name) else ():
                target = _target(tables, table, column)
                if target is not None and adds(file, first_line(column.node), last_line(column.node)):
                    title = f"`{column.name}` refers to `{target}` and is no foreign key"
                    yield draft(module, column.node, title)


def _target(tables: Tables, table: Table, column: Column) -> str | None:
    """Give the table that a column without a foreign key is named after, or None."""
    name = column.name.removesuffix("_id")
    if name == column.name or column.is_foreign_key or "primary_key" in column.text or not _NUMBER.search(column.text):
        return None
    paired = {f"{name}_type", f"{name}_kind", f"{name}_table"} & table.definition.attributes.keys()
    if paired or re.search(rf"""ForeignKeyConstraint\(\s*\[[^\]]*["']{re.escape(column.name)}["']""", table.arguments):
        return None
    forms = (name, f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies")
    return next((form for form in forms if form in tables.names), None)

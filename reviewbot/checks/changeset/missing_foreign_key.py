"""A column refers to another table by its name, and the database does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import declares, draft, modules
from reviewbot.checks.helpers.declared_columns import WORDS, Columns
from reviewbot.checks.project.migration_files import migration_files
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.declared_columns import Referring
    from reviewbot.checks.project import Project
    from reviewbot.python.module import Module

CHECK = Check(
    id="missing-foreign-key",
    title="A column refers to a table and is no foreign key",
    why="Nothing keeps the row it refers to from being deleted, nor an id from being written that never existed.",
    fix='Make it one (`ForeignKey("…", ondelete=…)`), in the model and in the migration.',
    leaves_alone=(
        "Columns whose name fits no table of the project, or their own; text columns, which often hold the id of "
        "another system, and names that say so (`external_order_id`); primary keys; foreign keys in `__table_args__` "
        "or made by a migration; columns that would close a circle, since the other table refers to this one; copies "
        "of a column of the row that the primary key refers to, and with which the row is deleted; pairs such as "
        "`entity_type` and `entity_id`; tables of another database (`__bind_key__`), in another metadata than the one "
        "they refer to, or in one that no `env.py` of the tree names; and those that keep a history or a log, whose "
        "rows may outlive what they are about."
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

_NUMBER = re.compile(r"\b(?:\w*Integer|INTEGER|BIGINT|SMALLINT|INT|int|\w*UUID\w*|U[Uu]id|uuid|GUID)\b")
_TEXT = re.compile(r"\b(?:str|\w*String|Text|VARCHAR|CHAR|Unicode|TEXT)\b")
# `fk("loans.id")`, `ForeignKey as FK`: what makes one may have any name.
_FOREIGN = re.compile(r"ForeignKey|\bforeign_key\s*=|\b\w*(?:[Ff][Kk]|foreign)\w*\(")
_HISTORY = re.compile(
    r"(?i)audit|history|_hist$|(?:^|_)logs?$|log_entries|(?:^|_)event_?(?:s_|log|store)|(?<=.)events?$|snapshot|archive|outbox"
    r"|metric|_trail|tombstone"
)
# What such a name begins with is another system's, or another time's.
_ELSEWHERE = re.compile(
    r"(?i)^(?:external|ext|remote|legacy|old|former|previous|original|source|foreign|third_party|imported|vendor|"
    r"provider|upstream|last|deleted)_"
)
_PAIRED = ("type", "kind", "table", "model", "class")
_IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women"}
# The primary key is another table's.
_EXTENDS = re.compile(
    r"""ForeignKey\(\s*["'](\w+)\.\w+["'](?=[^()]*\bondelete\s*=\s*["']CASCADE["'])[^()]*\)\s*,\s*primary_key\s*=\s*True"""
)
_MAKES = re.compile(r"create_foreign_key\((?:[^()]|\([^()]*\))*\)")


def run(context: Context) -> Iterator[Draft]:
    """Report each new column that is named after a table of the project and has no foreign key."""
    if context.project is None:
        return
    columns = Columns(context.project)
    for file, module in modules(context, *WORDS):
        for column in columns.of(module):
            if _HISTORY.search(column.table) or not declares(context, file, module, column.node):
                continue
            target = _target(columns.tables, column)
            if target is None or _refers_back(context.project, column, target):
                continue
            if _is_copied(context.project, column, target):
                continue
            owner = module.source.symbol(first_line(column.node))
            if not _is_made(context.project, column, target) and not _is_apart(context.project, module, owner, target):
                yield draft(module, column.node, f"`{column.name}` refers to `{target}` and is no foreign key")


def _target(tables: frozenset[str], column: Referring) -> str | None:
    """Give the table that a column without a foreign key is named after, or None."""
    name = re.sub(r"_(?:id|fk)$", "", column.name)
    if (
        name == column.name
        or "primary_key" in column.text
        or _TEXT.search(column.kind)
        or not _NUMBER.search(column.kind)
    ):
        return None
    if _FOREIGN.search(column.text) or _FOREIGN.search(column.kind) or "__bind_key__" in column.around:
        return None
    constraint = rf"""ForeignKeyConstraint\(\s*(?:columns\s*=\s*)?[\[(][^\])]*["']{re.escape(column.name)}["']"""
    if any(f"{name}_{word}" in column.names for word in _PAIRED) or re.search(constraint, column.around):
        return None
    # A table's own number is no reference.
    return next((form for form in _forms(name) if form in tables and form != column.table), None)


def _forms(name: str) -> Iterator[str]:
    """Give how the table may be called that a column's name begins with, or ends with: `assigned_doctor_id`."""
    first, _, rest = name.partition("_")
    yield from _plurals(name)
    while rest and not _ELSEWHERE.match(f"{first}_"):
        yield from _plurals(rest)
        first, _, rest = rest.partition("_")


def _plurals(name: str) -> Iterator[str]:
    yield from (name, f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies")
    yield from (f"{name.removesuffix('f').removesuffix('fe')}ves", f"{name.removesuffix('is')}es")
    head, _, last = name.rpartition("_")
    if last in _IRREGULAR:
        yield f"{head}_{_IRREGULAR[last]}".lstrip("_")


def _refers_back(project: Project, column: Referring, target: str) -> bool:
    """Tell whether the other table has a foreign key to this one: a second key would close a circle."""
    key = re.compile(rf"""ForeignKey\(\s*["']{re.escape(column.table)}\.""")
    return bool(column.table) and any(
        key.search(other.text) for table in project.tables.all if table.name == target for other in table.columns
    )


def _is_copied(project: Project, column: Referring, target: str) -> bool:
    """Tell whether each row belongs to one of another table, which has the same column and the key."""
    parents = set(_EXTENDS.findall(column.around))
    key = re.compile(rf"""ForeignKey\(\s*["']{re.escape(target)}\.""")
    return any(
        other.name == column.name and key.search(other.text)
        for table in project.tables.all
        if table.name in parents
        for other in table.columns
    )


def _is_apart(project: Project, module: Module, owner: str, target: str) -> bool:
    """Tell whether no migration is made of a model, or the other table is in another metadata."""
    own = project.metadata.of(module, owner)
    others = {
        project.metadata.of(table.module, table.definition.name)
        for table in project.tables.all
        if own is not None and table.name == target
    }
    return project.metadata.leaves_out(module, owner) or bool(others and not others & {own, None})


def _is_made(project: Project, column: Referring, target: str) -> bool:
    """Tell whether a migration makes the foreign key, so that the database knows."""
    tree = project.code.tree
    words = [re.compile(rf"""["']{re.escape(word)}["']""") for word in (column.name, target)]
    # `batch.create_foreign_key` is not told the table again.
    table = re.compile(rf"""["']{re.escape(column.table)}["']""")
    texts = (text for text in tree.read(migration_files(tree)).values() if table.search(text))
    return any(all(word.search(statement) for word in words) for text in texts for statement in _MAKES.findall(text))

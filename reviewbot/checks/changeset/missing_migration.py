"""A model's columns changed, and the change set has no migration."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.change import FileKind
from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.sides import Declaration, difference, normalised, without
from reviewbot.checks.scope import MIGRATIONS, matches
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import ChangedFile, Tree
    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.syntax import Source

CHECK = Check(
    id="missing-migration",
    title="A model changes and no migration comes with it",
    why=(
        "The code expects columns that the database does not have: every query of the table fails as soon as it "
        "is deployed."
    ),
    fix=(
        "Make one (`alembic revision --autogenerate`), read it, and put it into the same change set; leave this if "
        "it is in another one."
    ),
    leaves_alone=(
        "Methods, relationships, comments, formatting, and annotations that mean the same; Python-side defaults; "
        "classes that move or get another name; change sets with any file of the same project under "
        "`alembic/versions`; new columns and tables that an earlier migration in the tree already names; a type that "
        "only other databases than PostgreSQL get; repositories without Alembic; tests. One finding for the whole "
        "change set."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=(
        "sinag-backend-architect/migration-for-model-change",
        "trainsmart-senior-backend-architect/deploy-and-rollback",
    ),
    decides=("sinag-backend-architect/migration-for-model-change",),
    paths=("**/models/**/*.py", "**/models.py", "**/*_model.py"),
    ignores=("tests/", "test_*.py", "schemas/", "alembic/"),
    needs=Needs.CHANGE,
    engine="change-set",
    words=("migration for model", "migrations for model", "alembic migration", "create migrations"),
)

_NAMED = {"has": {"field": "left", "pattern": "$NAME"}}
_COLUMNS = {
    "kind": "assignment",
    "all": [_NAMED, {"has": {"field": "right", "pattern": "$VALUE"}}],
    "any": [
        {"has": {"field": "right", "kind": "call", "regex": r"^([A-Za-z_]+\.)?(mapped_column|Column|Table)\("}},
        {"has": {"field": "left", "regex": "^__(tablename|table_args)__$"}},
    ],
}
# `name: Mapped[str]` alone is a column as well.
_ANNOTATED = {
    "kind": "assignment",
    "all": [_NAMED, {"has": {"field": "type", "regex": r"^([A-Za-z_]+\.)?Mapped\[", "pattern": "$VALUE"}}],
    "not": {"has": {"field": "right", "regex": "."}},
}
_INDEX = {
    "kind": "call",
    "pattern": "$VALUE",
    "regex": r"^([A-Za-z_]+\.)?Index\(",
    "all": [{"has": {"field": "arguments", "has": {"kind": "string", "pattern": "$NAME", "nthChild": 1}}}],
    "inside": {"kind": "expression_statement", "inside": {"kind": "module"}},
}
_DECLARED = {"rule": {"any": [_COLUMNS, _ANNOTATED, _INDEX]}}
# What Python does with a column is no business of the database's.
_PYTHON_SIDE = {
    "rule": {
        "kind": "keyword_argument",
        "regex": r"^(default|default_factory|onupdate|info|doc|init|repr|compare|kw_only|deferred|sort_order)\s*=",
    }
}
_TYPE = {"rule": {"kind": "type", "inside": {"kind": "assignment", "field": "type"}, "regex": r"Mapped\["}}
_TABLE_NAME = re.compile(r"""__tablename__\s*(?::[^=\n]*)?=\s*["'](\w+)["']""")
_TEXT = re.compile(r'"\w+"')
# `JSON().with_variant(JSONB(), "postgresql")` is `JSONB` where it matters.
_VARIANT = re.compile(r'[\w.]+\(\)\.with_variant\(([\w.]+)(?:\([^()]*\))?,"postgresql"\)')
_NULLABLE = re.compile(r"\bOptional\[|\bNone\b")
_OPTIONAL = re.compile(r"\bOptional\[([^\[\]]+(?:\[[^\[\]]*\])?)\]")


def run(context: Context) -> Iterator[Draft]:
    """Report the first model whose schema changes, unless a migration of the same project changes too."""
    changed = context.changes.files
    if any(
        matches(MIGRATIONS, file.path) and file.kind is not FileKind.DELETED and file.path not in context.others
        for file in changed
    ):
        return
    if not _uses_alembic(context.changes.base_tree or context.changes.head_tree):
        return
    earlier = _Migrations(context.changes.head_tree)
    draft = difference(
        context.files,
        _schema,
        lambda name: f"`{name}` changes the schema, and no migration is in this change set",
        earlier.name,
    )
    if draft is not None:
        yield draft


class _Migrations:
    """The migrations in the tree: one may have come with an earlier change, before the model."""

    def __init__(self, tree: Tree | None) -> None:
        self._tree = tree

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        if self._tree is None:
            return ()
        texts = self._tree.read(sorted(path for path in self._tree.paths if matches(MIGRATIONS, path)))
        return tuple(text.replace("'", '"') for text in texts.values())

    def name(self, file: ChangedFile, one: Declaration) -> bool:
        """Tell whether a migration names what is declared, and the table that it is in where it is in one."""
        names = _TEXT.findall(one.text) if one.name == "__tablename__" else [f'"{one.name}"']
        # What stands outside of a class is a table itself, or an index.
        tables = [f'"{table}"' for table in _TABLE_NAME.findall(file.new_text or "")] if one.owner else names
        return any(
            all(name in text for name in names) and any(table in text for table in tables) for text in self._texts
        )


def _uses_alembic(tree: Tree | None) -> bool:
    """Without a tree nobody knows; then the words of the finding leave it open."""
    return tree is None or any(matches(MIGRATIONS, path) or path.endswith("alembic.ini") for path in tree.paths)


def _schema(_: ChangedFile, source: Source) -> Iterator[Declaration]:
    """Give each column, table name, table argument, table and index of the source."""
    python_side = [match.span for match in source.find(_PYTHON_SIDE)]
    types = {match.span.start_line: match.span.text for match in source.find(_TYPE)}
    for match in source.find(_DECLARED):
        span, value = match.span, match.variable("VALUE")
        if value is None:
            continue
        text = _VARIANT.sub(r"\1", normalised(_OPTIONAL.sub(r"\1|None", without(value, python_side))))
        nullable = _NULLABLE.search(types.get(span.start_line, ""))
        if nullable and "nullable=" not in text and "primary_key=" not in text:
            text += " nullable"
        owner = source.symbol(span.start_line)
        yield Declaration(owner, match.filled("$NAME").strip("\"'"), text, span.start_line, span.last_line)

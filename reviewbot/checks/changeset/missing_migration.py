"""A model's columns changed, and the change set has no migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.change import FileKind
from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.sides import Declaration, difference, normalised
from reviewbot.checks.scope import MIGRATIONS, matches
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import Tree
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
        "Methods, relationships, comments, annotations and formatting; Python-side defaults; change sets with any "
        "file under `alembic/versions`; repositories without Alembic; tests. One finding for the whole change set."
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

_COLUMNS = {
    "rule": {
        "kind": "assignment",
        "any": [
            {"has": {"field": "right", "kind": "call", "regex": r"^(\w+\.)?(mapped_column|Column)\("}},
            {"has": {"field": "left", "regex": r"^__(tablename|table_args)__$"}},
        ],
        "has": {"field": "left", "pattern": "$NAME"},
    }
}
_CALLS = {
    "rule": {"kind": "keyword_argument", "regex": r"^(default|default_factory|onupdate|info|doc|init|repr|compare)\s*="}
}


def run(context: Context) -> Iterator[Draft]:
    """Report the first model whose schema changes, unless a migration changes too."""
    changed = context.changes.files
    if any(matches(MIGRATIONS, file.path) and file.kind is not FileKind.DELETED for file in changed):
        return
    if not _uses_alembic(context.changes.base_tree or context.changes.head_tree):
        return
    for file in context.files:
        draft = difference(
            file, _schema, lambda name: f"`{name}` changes the schema, and no migration is in this change set"
        )
        if draft is not None:
            yield draft
            return


def _uses_alembic(tree: Tree | None) -> bool:
    """Without a tree nobody knows; then the words of the finding leave it open."""
    return tree is None or any(matches(MIGRATIONS, path) or path.endswith("alembic.ini") for path in tree.paths)


def _schema(source: Source) -> dict[str, Declaration]:
    """Give each column, table name and table argument of the source."""
    found = {}
    ignored = [match.span for match in source.find(_CALLS)]
    for match in source.find(_COLUMNS):
        span = match.span
        name = match.filled("$NAME")
        value = span.text[len(name) :].partition("=")[2]
        for argument in ignored:
            if span.start_line <= argument.start_line <= span.end_line:
                value = value.replace(argument.text, "")
        owner = source.symbol(span.start_line)
        dotted = f"{owner}.{name}" if owner else name
        text = normalised(value).replace(",,", ",").replace("(,", "(").replace(",)", ")")
        found[dotted] = Declaration(text, span.start_line, span.end_line)
    return found

"""An index is built concurrently inside the migration's transaction, which PostgreSQL refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.dialects import is_for_another
from reviewbot.checks.helpers.literals import assigned
from reviewbot.checks.helpers.migration_check import ONLINE, migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import call, pairs, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.checks.helpers.operation import Operation
    from reviewbot.core.change import Tree
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

CHECK = migration_check(
    id="concurrent-index-in-transaction",
    title="An index is built concurrently inside the migration's transaction",
    why=(
        "PostgreSQL answers `CREATE INDEX CONCURRENTLY cannot run inside a transaction block`, so the migration fails "
        "wherever it is run."
    ),
    fix="Put it into `with op.get_context().autocommit_block():`.",
    leaves_alone=(
        "`autocommit_block`, connections in AUTOCOMMIT, a commit by hand before it, projects whose `env.py` migrates "
        "in AUTOCOMMIT or without transactional DDL, `postgresql_concurrently=False`, branches for another database, "
        "what else is done concurrently (`REFRESH MATERIALIZED VIEW`), and `downgrade`."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    words=(*ONLINE, "index creation", "create index concurrently", "indexes concurrently"),
)

_CONCURRENT = re.compile(
    r"(?i)\b(?:create(?:\s+unique)?\s+index|drop\s+index|reindex\s+(?:\([^()]*\)\s*)?\w+)\s+concurrently\b"
)
_INDEX = "index"
_KEYWORD = "postgresql_concurrently"
_WITHOUT = re.compile(r"AUTOCOMMIT|\btransactional_ddl\s*=\s*False")
_COMMENT = re.compile(r"#[^\n]*")


def run(context: Context) -> Iterator[Draft]:
    """Report the first such index of each migration."""
    for migration in migrations(context):
        if _in_autocommit(context.changes.head_tree, migration.file.path):
            continue
        for operation in (*migration.upgrade, *_indexes(migration)):
            if (
                operation.autocommit
                or not _is_concurrent(operation)
                or not migration.changed(operation)
                or is_for_another(operation.node)
            ):
                continue
            if not migration.commits_before(operation):
                yield migration.draft(
                    operation, "The index is built concurrently, but inside the migration's transaction"
                )
                break


def _is_concurrent(operation: Operation) -> bool:
    """Tell whether an operation builds or drops an index concurrently, in SQL or with SQLAlchemy."""
    if operation.name == "execute" and operation.is_sql:
        return _CONCURRENT.search(operation.sql) is not None
    if operation.name in {"create_index", "drop_index", _INDEX}:
        made = call(operation.node)
        return made is not None and (operation.name == _INDEX or _says_so(made))
    # `execute(CreateIndex(index))`, and the index stands somewhere before.
    index = re.search(r"\b(?:Create|Drop)Index\(\s*(\w+)", operation.text) if operation.name == "execute" else None
    return index is not None and _of_name(operation.node, index[1])


def _says_so(made: Call) -> bool:
    """Tell whether a call is given the keyword, itself or in a dictionary that stands in the same file."""
    given = made.keywords.get(_KEYWORD)
    if given is not None:
        return any(value.text() == "True" for value in assigned(given))
    spread = [child for child in _splats(made.node) for child in assigned(child)]
    if any(string(key) == _KEYWORD and value.text() == "True" for mapping in spread for key, value in pairs(mapping)):
        return True
    return any(inner is not None and inner.function == "dict" and _says_so(inner) for inner in map(call, spread))


def _splats(node: Node) -> Iterator[Node]:
    arguments = node.field("arguments")
    for child in arguments.children() if arguments is not None else ():
        inner = child.child(1) if child.kind() == "dictionary_splat" else None
        if inner is not None:
            yield inner


def _indexes(migration: Migration) -> Iterator[Operation]:
    """Give `index.create(bind)` and `index.drop(bind)` of an `Index` that is made in the file."""
    for operation in migration.calls(_INDEX, r"(?s)^(?:\w+|(?:\w+\.)?Index\(.*\))\.(?:create|drop)\("):
        function = operation.node.field("function")
        inner = function.field("object") if function is not None else None
        for made in map(call, assigned(inner) if inner is not None else ()):
            if made is not None and made.name == "Index" and _says_so(made):
                yield operation


def _of_name(node: Node, name: str) -> bool:
    """Tell whether a name stands for an index that is to be built concurrently."""
    used = next((identifier for identifier in node.find_all(kind="identifier") if identifier.text() == name), None)
    definitions = map(call, assigned(used)) if used is not None else ()
    return any(made is not None and made.name == "Index" and _says_so(made) for made in definitions)


def _in_autocommit(tree: Tree | None, path: str) -> bool:
    """Tell whether the `env.py` of a migration runs it without a transaction."""
    if tree is None:
        return False
    folders = path.split("/")[:-1]
    near = {"/".join([*folders[:at], "env.py"]) for at in range(len(folders) + 1)}
    texts = tree.read(sorted(near.intersection(tree.paths))).values()
    return any(_WITHOUT.search(_COMMENT.sub("", text)) for text in texts)

"""A value is added to an enum type, and used, in one transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.enum_values import added_values
from reviewbot.checks.helpers.literals import values
from reviewbot.checks.helpers.migration_check import ONLINE, migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.checks.helpers.operation import Operation
from reviewbot.checks.helpers.transactions import ends_transaction
from reviewbot.checks.values.surroundings import function_around
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.python.syntax import Node

CHECK = migration_check(
    id="enum-value-used-at-once",
    title="A value is added to an enum type and used in the same transaction",
    why="PostgreSQL refuses it (`unsafe use of new value`), so the migration fails wherever it is run.",
    fix=(
        "Add the value in `with op.get_context().autocommit_block():`, or in an earlier revision that is committed by "
        "itself, and use it afterwards."
    ),
    leaves_alone=(
        "`autocommit_block`, connections in AUTOCOMMIT, a commit by hand in between, values that the migration only "
        "looks up in `pg_enum`, names in a type or compares as text (`status::text`), columns that are text, types "
        "that the same migration makes; `downgrade`."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    words=(*ONLINE,),
    topics=("enum values", "enum changes"),
)

# What names a value without making one of the type: looking it up, changing the type, explaining it.
_NAMES_ONLY = re.compile(r"(?i)\bpg_enum\b|^\W*(?:alter|create|comment\s+on|drop)\s+type\b")
# As text it is compared with the value's name: `status::text = 'late'`.
_AS_TEXT = r"::\s*(?:text|(?:character\s+)?varying|varchar)\b(?:\(\d+\))?"
_CASTS = re.compile(r"(?i)\bcast\([^()]*\bas\s++(?:text|varchar)\s*+\)")
# A column that says it is text.
_TEXT = re.compile(r"\b(?:String|Text|Unicode|VARCHAR|TEXT|CHAR)\b")
# What writes or compares with SQLAlchemy instead of SQL.
_EXPRESSIONS = frozenset({"bulk_insert", "create_check_constraint", "create_index", "create_exclude_constraint"})
_DEFAULT = frozenset({"add_column", "alter_column", "create_table"})
_SESSION = "session"
_ORM = re.compile(r"\.(?:add|add_all|update|filter|filter_by|where|bulk_\w+|merge)\(")


def run(context: Context) -> Iterator[Draft]:
    """Report, in each migration, the first use of a value before it is committed."""
    for migration in migrations(context):
        for addition, kind, value in added_values(migration):
            use = _use(migration, addition, value) if value and not _is_new(migration, kind) else None
            changed = use is not None and [operation for operation in (use, addition) if migration.changed(operation)]
            if changed:
                title = f"`{value}` is added to `{kind}` and used in the same transaction"
                yield migration.draft(changed[0], title)
                break


def _use(migration: Migration, addition: Operation, value: str) -> Operation | None:
    """Give the first use of the value after it was added; None where there is none in the same transaction."""
    rest = addition.sql.partition(f"'{value}'")[2]
    if any(_in_sql(statement, value) for statement in rest.split(";")[1:]):
        return addition
    steps = migration.upgrade
    after = steps[next(at for at, operation in enumerate(steps) if operation is addition) + 1 :]
    used = (other for other in (*after, *_by_session(addition)) if _uses(other, value))
    use = next((other for other in used if not other.autocommit), None)
    return None if use is None or _committed_between(addition, use) else use


def _committed_between(addition: Operation, use: Operation) -> bool:
    """Tell whether the transaction ends between two operations, as far as they stand in one function."""
    text = addition.node.get_root().root().text()[addition.node.range().end.index : use.node.range().start.index]
    return ends_transaction(text)


def _uses(other: Operation, value: str) -> bool:
    """Tell whether an operation makes the database read the value."""
    if other.name == "execute":
        if not other.is_sql:
            return _says(other.node, value)
        given = any(_says(parameter, value) for parameter in other.parameters)
        return given or any(_in_sql(statement, value) for statement in other.sql.split(";"))
    if other.name in _DEFAULT:
        return any(_as_default(node, value) for node in other.node.find_all(kind="keyword_argument"))
    return other.name in {*_EXPRESSIONS, _SESSION} and _says(other.node, value)


def _in_sql(statement: str, value: str) -> bool:
    if _NAMES_ONLY.search(statement):
        return False
    literal = re.escape(f"'{value}'")
    # In a list of an IN each value is compared.
    compared = rf"(?i)(?:{_AS_TEXT}\s*\)?|\x00)\s*(?:=|<>|!=|(?:not\s+)?in\s*\((?:[^()]*,)?|like)\s*{literal}"
    plain = re.sub(compared, "", _CASTS.sub("\x00", statement))
    return re.search(rf"{literal}(?!\s*{_AS_TEXT})", plain) is not None


def _as_default(node: Node, value: str) -> bool:
    """Tell whether a column that is no text has the value as its default in the database."""
    name, given = node.field("name"), node.field("value")
    if name is None or given is None or name.text() not in {"server_default", "sqltext"}:
        return False
    made = call(next((outer for outer in node.ancestors() if outer.kind() == "call"), None))
    kinds = [argument.text() for argument in made.positional] if made is not None and made.name == "Column" else []
    said = values(given)
    is_default = value in said if said else _quotes(given.text(), value)
    return is_default and not any(_TEXT.search(kind) for kind in kinds)


def _by_session(addition: Operation) -> Iterator[Operation]:
    """Give what a session of the ORM does after an operation, in the same function."""
    function = function_around(addition.node)
    if function is None or not re.search(r"(?i)session", function.text()):
        return
    for node in function.find_all(kind="call"):
        made = call(node)
        if (
            made is not None
            and _ORM.search(f".{made.name}(")
            and node.range().start.index > addition.node.range().end.index
        ):
            yield Operation(_SESSION, None, node)


def _is_new(migration: Migration, kind: str) -> bool:
    """Tell whether the migration makes the type itself: the values of a new type may be used."""
    name = re.escape(kind.rpartition(".")[2].strip('"\\'))
    made = rf"(?i)\bcreate\s+type\s+(?:\w+\.)?[\"\\]*{name}\b"
    if any(re.search(made, operation.sql) for operation in migration.upgrade):
        return True
    return re.search(rf"""(?s)\bname\s*=\s*["']{name}["'][^()]*\)\s*\.create\(""", migration.body) is not None


def _says(node: Node, value: str) -> bool:
    """Tell whether an expression has the value, written there or as a constant."""
    return _quotes(node.text(), value) or any(value in values(name) for name in node.find_all(kind="identifier"))


def _quotes(text: str, value: str) -> bool:
    """Tell whether a text of Python has the value as a string, or in the SQL of one."""
    return re.search(rf"""["']{re.escape(value)}\\?["']""", text) is not None

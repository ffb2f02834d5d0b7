"""A column gets another type, for which PostgreSQL writes the whole table anew."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.dialects import is_for_another
from reviewbot.checks.helpers.migration_check import ONLINE, migration_check
from reviewbot.checks.helpers.migration_operations import migrations
from reviewbot.checks.project.migration_files import migration_files
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.checks.helpers.operation import Operation

CHECK = migration_check(
    id="column-type-changed",
    title="A column's type is changed in place",
    why=(
        "PostgreSQL writes the table and its indexes anew while nobody can read or write it, and the code that still "
        "runs during the deployment meets a type it does not know."
    ),
    fix=(
        "Add a column of the new type, write both, fill it in chunks, and drop the old one in a later release. On a "
        "small table say so in a comment, and that old and new code can both live with it. An enum type gets another "
        "value by `ALTER TYPE … ADD VALUE`, without any of this."
    ),
    leaves_alone=(
        "Text that gets longer or loses its limit, numbers that get more digits before the point, types that are only "
        "restated, branches for another database than PostgreSQL, tables that the same revision "
        "creates, what is done only where the database is found to have another type, what an older migration did "
        "already before it was edited, what other migrations of the tree have made it already and nothing else, "
        "`downgrade`. One finding for each migration."
    ),
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    words=(*ONLINE, "column type change", "type changes of columns", "changed column types"),
)

_STRING = re.compile(r"(?:\w+\.)?(?:String|VARCHAR|Unicode|AutoString|CHAR)(?:\((?:length=)?(\d*+).*\))?", re.DOTALL)
_TEXT = re.compile(r"(?:\w+\.)*(?:Text|(?:TINY|MEDIUM|LONG)?TEXT|UnicodeText)(?:\(.*\))?", re.DOTALL)
_IN_SQL = re.compile(
    r"(?i)\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?\"?([\w.]+)\"?\s+alter\s+(?:column\s+)?\"?(\w+)\"?\s+"
    r"(?:set\s+data\s+)?type\s+([\w ]+)"
)

_NUMERIC = re.compile(
    r"(?:\w+\.)*(?:Numeric|NUMERIC|DECIMAL|Decimal)(?:\((?:precision=)?(\d+),\s*(?:scale=)?(\d+).*\)|\(\))?", re.DOTALL
)
_LOOKS_UP = re.compile(r"(?i)\bdata_type\b|\budt_name\b|\bget_columns\([^\n]*\)[^#]{0,200}\[[\"']type[\"']\]")


def run(context: Context) -> Iterator[Draft]:
    """Report the first changed type of each migration."""

    @cache  # and asked only where a type changes
    def given() -> Mapping[tuple[str, str], AbstractSet[str]]:
        return _given(context)

    for migration in migrations(context):
        for operation in migration.upgrade:
            column = _changed(migration, operation)
            if not column or not migration.changed(operation) or _is_repair(migration, operation):
                continue
            if is_for_another(operation.node):
                continue
            new = operation.keywords.get("type_", "")
            if not new or given().get((operation.table, operation.column)) != {_plain(new)}:
                yield migration.draft(operation, f"The type of `{column}` changes, and the whole table is written anew")
                break


def _is_repair(migration: Migration, operation: Operation) -> bool:
    """Tell whether it is done only where the migration has found another type than it expects."""
    guarded = any(node.kind() == "if_statement" for node in operation.node.ancestors())
    return guarded and _LOOKS_UP.search(migration.body) is not None


def _given(context: Context) -> Mapping[tuple[str, str], AbstractSet[str]]:
    """Give the types that the migrations which the change leaves alone gave to columns, by table and column."""
    given: dict[tuple[str, str], set[str]] = defaultdict(set)
    tree, anyone = context.changes.head_tree, next(iter(migrations(context)), None)
    if tree is None or anyone is None:
        return given
    changed = {file.path for file in context.changes.files}
    paths = [path for path in migration_files(tree) if path not in changed]
    for text in tree.read(paths).values():
        if "alter_column" not in text or "type_" not in text:
            continue
        for earlier in replace(anyone, source=Source(text)).upgrade:
            new = earlier.keywords.get("type_", "")
            if new and earlier.name == "alter_column" and not is_for_another(earlier.node):
                given[earlier.table, earlier.column].add(_plain(new))
    return given


def _plain(kind: str) -> str:
    """Give a type as it is written, without white space and the module that it comes from."""
    return re.sub(r"^(?:\w+\.)+", "", "".join(kind.split()))


def _changed(migration: Migration, operation: Operation) -> str:
    """Give the column whose type an operation changes; empty where it changes none, or harmlessly."""
    match = _IN_SQL.search(operation.sql)
    if match:
        table, column, kind = match.groups()
        harmless = table in migration.created or kind.casefold().split()[0] in {"text", "varchar", "character"}
        return "" if harmless else f"{table}.{column}"
    new, old = operation.keywords.get("type_", ""), operation.keywords.get("existing_type", "")
    if operation.name != "alter_column" or not new or operation.table in migration.created or _grows(old, new):
        return ""
    return f"{operation.table}.{operation.column}"


def _grows(old: str, new: str) -> bool:
    """Tell whether every value of the old type is one of the new as it stands, so that nothing is written."""
    if "".join(old.split()) == "".join(new.split()):
        return True
    old_string, new_string = _STRING.fullmatch(old), _STRING.fullmatch(new)
    if _TEXT.fullmatch(new) or (new_string and not new_string[1]):
        return bool(old_string or _TEXT.fullmatch(old) or not old)
    if old_string and new_string:
        return bool(old_string[1]) and int(old_string[1]) <= int(new_string[1])
    return _has_more_digits(old, new)


def _has_more_digits(old: str, new: str) -> bool:
    """Tell whether numbers only get more digits before the point, or any number of them."""
    old_number, new_number = _NUMERIC.fullmatch(old), _NUMERIC.fullmatch(new)
    if old_number is None or new_number is None:
        return False
    if new_number[1] is None:
        return True
    return old_number[2] == new_number[2] and int(old_number[1]) <= int(new_number[1])

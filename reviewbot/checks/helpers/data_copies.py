"""Whether a migration has copied what it drops: in SQL, with SQLAlchemy's expressions, or row by row in Python."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.literals import assigned
from reviewbot.checks.helpers.sql_copies import copies, reads, takes_all
from reviewbot.checks.helpers.sql_texts import executed
from reviewbot.python.nodes import call, class_around

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.checks.helpers.operation import Operation
    from reviewbot.python.syntax import Node

_EXECUTES = frozenset({"execute", "exec_driver_sql", "scalars", "scalar", "executemany", "stream"})
_SAVES = frozenset(
    {"add", "add_all", "merge", "bulk_insert", "bulk_insert_mappings", "bulk_update_mappings", "bulk_save_objects"}
)
_COLLECTS = frozenset({"append", "extend", "add", "update", "setdefault"})
_WRITES = re.compile(r"\b(?:update|insert)\(")
_BINDS = frozenset({"assignment", "for_statement", "for_in_clause", "named_expression", "as_pattern"})


def is_copied(steps: Sequence[Node], operation: Operation, table: str, column: str) -> bool:
    """Tell whether what an operation drops was copied before.

    Args:
        steps: The functions of the migration that run before, and that of the operation, in which only what stands
            before it counts.
        operation: The one that drops.
        table: The table that it drops, or drops a column of.
        column: The column; empty where the table itself is dropped.
    """
    end = operation.node.range().start.index
    for function in steps:
        around = function.range()
        last = end if around.start.index <= end < around.end.index else around.end.index
        flow = _Flow(table, column, _names(function, table))
        nodes = [node for node in _nodes(function) if node.range().start.index < last]
        # What is collected in a loop is known the second time.
        for _ in range(2):
            if any(flow.sees(node) for node in nodes):
                return True
    return False


def _nodes(function: Node) -> Iterator[Node]:
    nodes = [node for kind in ("call", *_BINDS) for node in function.find_all(kind=kind)]
    yield from sorted(nodes, key=lambda node: node.range().start.index)


def _names(function: Node, table: str) -> frozenset[str]:
    """Give the names of the file that stand for a table: `table("visits", …)`, a model, `__table__` of it."""
    plain = re.escape(table.rpartition(".")[2])
    root = function.get_root().root()
    text = root.text()
    made = re.findall(
        rf"""(?m)^[ \t]*+(\w+)(?:[ \t]*+:[^=\n]++)?[ \t]*+=[ \t]*+(?:[\w.]+\.)?[tT]able\(\s*+["']{plain}["']""", text
    )
    named = re.compile(rf"""__tablename__\b[^=\n]*=\s*+["']{plain}["']""")
    said = root.find_all(kind="assignment", regex="^__tablename__") if "__tablename__" in text else ()
    models = (class_around(node) for node in said if named.match(node.text()))
    return frozenset([*made, *(name.text() for model in models if model and (name := model.field("name")))])


@dataclass
class _Flow:
    """What is known of the names of one function, in the order of its source.

    Attributes:
        table: The table that is dropped, or has the column.
        column: The column; empty where the table is dropped.
        tables: Names that stand for the table.
        rows: Names that stand for rows of it, or many of them.
        taken: Names that stand for what was read of the column.
    """

    table: str
    column: str
    tables: frozenset[str]
    rows: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def sees(self, node: Node) -> bool:
        """Take note of a node; tell whether it writes what was read."""
        if node.kind() == "call":
            return self._called(node)
        left, right = node.field("left") or node.field("name"), node.field("right") or node.field("value")
        if node.kind() == "as_pattern":
            right, left = node.child(0), node.field("alias")
        if left is None or right is None:
            return False
        if left.kind() in {"attribute", "subscript"}:
            if not self._has(right):
                return False
            self.taken.update(re.findall(r"^\w+", left.text()) if left.kind() == "subscript" else ())
            return left.kind() == "attribute" and self._is_model_write(left)
        names = set(re.findall(r"\b[A-Za-z_]\w*", left.text()))
        if self._has(right):
            self.taken |= names
        elif self._gives_rows(right):
            self.rows |= names
        return False

    def _is_model_write(self, left: Node) -> bool:
        return not re.match(r"self\b|op\b|config\b", left.text())

    def _called(self, node: Node) -> bool:
        made = call(node)
        if made is None:
            return False
        given = [*made.positional, *made.keywords.values()]
        if made.name in _COLLECTS and any(map(self._has, given)):
            self.taken.update(re.findall(r"^\w+", made.function))
        if made.name in _EXECUTES:
            return self._executed(node, given)
        if made.name in _SAVES and ("session" in made.function.lower() or made.name.startswith("bulk")):
            return any(map(self._has, given))
        if made.name == "update" and re.search(r"\bquery\(", made.function):
            return any(map(self._has, given))
        return made.name == "setattr" and any(map(self._has, given[2:]))

    def _executed(self, node: Node, given: Sequence[Node]) -> bool:
        said = executed(node)
        if said.is_text:
            if any(copies(sql, self.table, self.column) for sql in said.texts):
                return True
            writes = any(re.search(r"(?i)\b(?:insert\s+into|update|merge\s+into)\b", sql) for sql in said.texts)
            return writes and any(map(self._has, (*given[1:], *_interpolated(given[:1]))))
        statement = [value for first in given[:1] for value in (*assigned(first), first)]
        writes = any(_WRITES.search(value.text()) for value in statement)
        return writes and any(map(self._has, (*statement, *given[1:])))

    def _has(self, node: Node) -> bool:
        """Tell whether an expression has a value of the column, or of the table where that is dropped."""
        text = node.text()
        if any(re.search(rf"(?<![\w.]){re.escape(name)}\b(?!\s*=[^=])", text) for name in self.taken):
            return True
        if not self.column:
            return self._names_table(text) or self._queries(node) or any(_word(name, text) for name in self.rows)
        column = re.escape(self.column)
        by = "|".join(map(re.escape, {*self.rows, *self.tables}))
        at = rf"\.{column}\b(?!\s*\()|(?:\[|\.get\()\s*[\"']{column}[\"']"
        of = rf"(?<![\w.])(?:{by})(?:\.c|\._mapping)?(?:{at})"
        return bool(by and re.search(of, text)) or self._queries(node)

    def _names_table(self, text: str) -> bool:
        """Tell whether an expression names the table otherwise than as what it writes to."""
        named = "|".join(map(re.escape, self.tables))
        rest = (
            re.sub(rf"\b(?:insert|update)\(\s*(?:{named})\b|\b(?:{named})\.(?:insert|update)\(", "", text)
            if named
            else ""
        )
        return bool(named) and re.search(rf"(?<![\w.])(?:{named})\b", rest) is not None

    def _queries(self, node: Node) -> bool:
        """Tell whether an expression asks for the column in SQL."""
        calls = (
            candidate
            for candidate in node.find_all(kind="call")
            if (made := call(candidate)) and made.name in _EXECUTES
        )
        queries = [*calls, *([node] if (made := call(node)) and made.name in _EXECUTES else [])]
        texts = [sql for query in queries if (said := executed(query)).is_text for sql in said.texts]
        return any(reads(sql, self.table, self.column) for sql in texts)

    def _gives_rows(self, node: Node) -> bool:
        """Tell whether an expression gives whole rows of the table."""
        text = node.text()
        if any(_word(name, text) for name in self.rows):
            return True
        if any(
            re.search(rf"\b(?:select|query)\(\s*+\[?\s*+{name}\b(?!\.)|(?<!\w){name}\.(?:query|select)\b", text)
            for name in self.tables
        ):
            return True
        queries = [
            candidate
            for candidate in (node, *node.find_all(kind="call"))
            if (made := call(candidate)) and made.name in _EXECUTES
        ]
        texts = [sql for query in queries if (said := executed(query)).is_text for sql in said.texts]
        return any(takes_all(sql) and reads(sql, self.table, "") for sql in texts)


def _interpolated(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        for inner in node.find_all(kind="interpolation"):
            yield from (child for child in inner.children() if child.is_named())


def _word(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}\b", text) is not None

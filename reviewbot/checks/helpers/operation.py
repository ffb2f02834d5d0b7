"""One operation of a migration: an `op.*` call, or a statement of SQL, and what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.literals import values
from reviewbot.checks.helpers.migration_calls import arguments_of, keywords_of, plain
from reviewbot.checks.helpers.raw_sql import actions
from reviewbot.checks.helpers.sql_texts import SqlTexts, executed
from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from reviewbot.checks.helpers.raw_sql import Action
    from reviewbot.python.syntax import Node

_GUARD = re.compile(r"\bif\s+(?:not\s+)?exists\s+")
_SIZE = re.compile(r"(?i)(?:size|count|rows)\w*\s*[<>=]")


@dataclass(frozen=True)
class Operation:
    """One call that changes the database.

    Attributes:
        name: What is done: ``add_column``, or ``execute`` for SQL, whichever connection it goes through.
        table_node: What names the table; None where nothing does.
        node: The call.
        autocommit: Whether it runs in an ``autocommit_block``, outside the migration's transaction.
    """

    name: str
    table_node: Node | None
    node: Node
    autocommit: bool = False

    @property
    def start_line(self) -> int:
        """First line, 1-based."""
        return self.node.range().start.line + 1

    @property
    def end_line(self) -> int:
        """Last line."""
        return self.node.range().end.line + 1

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The names of its table, of which there are several in a loop; the source that says it where none is known."""
        return (values(self.table_node) or (plain(self.table_node),)) if self.table_node is not None else ()

    @cached_property
    def table(self) -> str:
        """The table's name, or the source that says it; empty where the call does not name one."""
        return self.tables[0] if len(self.tables) == 1 else plain(self.table_node) if self.table_node else ""

    @cached_property
    def positional(self) -> tuple[str, ...]:
        """The arguments without a keyword: a plain string as its value, anything else as its source."""
        return tuple(plain(node) for node in arguments_of(self.node) if node.kind() != "keyword_argument")

    @cached_property
    def keywords(self) -> dict[str, str]:
        """Keyword → its value, as in ``positional``."""
        return {name: plain(value) for name, value in keywords_of(self.node)}

    @cached_property
    def text(self) -> str:
        """Its source."""
        return self.node.text()

    @cached_property
    def sql(self) -> str:
        """The SQL of an ``execute``, that of each round of a loop; empty where it has none."""
        return "; ".join(" ".join(text.split()) for text in self._executed.texts)

    @cached_property
    def _executed(self) -> SqlTexts:
        return executed(self.node) if self.name == "execute" else SqlTexts((), known=False)

    @property
    def is_sql(self) -> bool:
        """Whether it executes a text, and no expression of SQLAlchemy's."""
        return self._executed.is_text

    @property
    def parameters(self) -> list[Node]:
        """What is passed to its SQL."""
        return [*arguments_of(self.node)][1:]

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """What its SQL does to tables; nothing where a name in it is computed."""
        return tuple(actions(self.sql)) if self.sql and self._executed.known else ()

    @property
    def column_node(self) -> Node | None:
        """What names the column that is added, altered or dropped; None for other operations."""
        if self.name not in {"add_column", "alter_column", "drop_column"}:
            return None
        made, at = call(self.node), 0 if self.in_batch else 1
        if made is not None and self.name == "add_column":
            columns = (call(node) for node in (*made.positional, *made.keywords.values()))
            made, at = next((column for column in columns if column is not None and column.name == "Column"), None), 0
        return made.argument(at, "name" if self.name == "add_column" else "column_name") if made is not None else None

    @property
    def column(self) -> str:
        """The name of that column, or the source that says it; empty for other operations."""
        return plain(self.column_node) if self.column_node is not None else ""

    @property
    def identity(self) -> tuple[str | bool, ...]:
        """What makes it the same operation, however it is written and whatever guards it."""
        about = self.column or _GUARD.sub("", self.sql.casefold()) or next(iter(self.positional), "")
        given = self.keywords
        does = ("type_" in given, "new_column_name" in given, given.get("nullable") == "False")
        return (self.name, self.table, about, *does, "concurrently" in self.text.casefold())

    @property
    def weighed(self) -> bool:
        """Whether it is done only where the migration has looked how large the table is."""
        ifs = (node.field("condition") for node in self.node.ancestors() if node.kind() == "if_statement")
        return any(condition is not None and _SIZE.search(condition.text()) for condition in ifs)

    @property
    def in_batch(self) -> bool:
        """Whether it is called on what `op.batch_alter_table` gives, which names the table."""
        return not self.text.startswith("op.") and self.name != "execute"

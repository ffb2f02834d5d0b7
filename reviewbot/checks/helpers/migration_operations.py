"""What a migration does: the `op.*` calls of its `upgrade`, with the table each is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.added_lines import post_image
from reviewbot.checks.helpers.literals import values
from reviewbot.checks.helpers.migration_calls import arguments_of, batched, keywords_of, plain, table_of
from reviewbot.checks.helpers.raw_sql import actions
from reviewbot.checks.helpers.sql_texts import SqlTexts, executed
from reviewbot.checks.helpers.transactions import ends_transaction, is_outside
from reviewbot.checks.values.surroundings import function_around
from reviewbot.python.nodes import call
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.helpers.raw_sql import Action
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.syntax import Node

_GUARD = re.compile(r"\bif\s+(?:not\s+)?exists\s+")
_CALL = re.compile(r"(?s)(\w+)\.(\w+)\Z|.*\.(execute|exec_driver_sql)\Z")
_EXECUTES = frozenset({"execute", "exec_driver_sql"})
_CREATES = re.compile(
    r'(?i)\bcreate\s+(?:(?:unlogged|temp|temporary)\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:"?\w+"?\.)?"?(\w+)"?'
)
_CREATES_MODEL = re.compile(r"\b(\w+)\.__table__\.create\(")
_SMALL_BEFORE_LARGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
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


@dataclass(frozen=True)
class Migration:
    """A migration as it is after the change.

    Attributes:
        file: The file.
        source: All of it, parsed.
        created_beside: The tables that other migrations of the change create.
    """

    file: ChangedFile
    source: Source
    created_beside: frozenset[str] = frozenset()

    @cached_property
    def upgrade(self) -> tuple[Operation, ...]:
        """What `upgrade` and the functions named after it do, in their order, with the file's functions they call."""
        own = {name.text(): node for node in self._functions("") if (name := node.field("name")) is not None}
        return tuple(operation for function in self._functions("upgrade") for operation in _operations(function, own))

    @cached_property
    def creates(self) -> frozenset[str]:
        """The tables that it creates, those too that it renames afterwards."""
        made = {table for operation in self.upgrade if operation.name == "create_table" for table in operation.tables}
        renamed = (
            operation.positional[1:2]
            for operation in self.upgrade
            if operation.name == "rename_table" and operation.table in made
        )
        made = made.union(*renamed)
        of_models = {_SMALL_BEFORE_LARGE.sub("_", name).lower() for name in _CREATES_MODEL.findall(self.body)}
        return frozenset(made.union(of_models, *(_CREATES.findall(operation.sql) for operation in self.upgrade)))

    @property
    def created(self) -> frozenset[str]:
        """The tables that the change creates, which are still empty and which nobody uses yet."""
        return self.creates | self.created_beside

    def on_existing(self, *names: str) -> Iterator[Operation]:
        """Give the changed operations of these names on tables that were there before."""
        for operation in self.upgrade:
            if operation.name in names and operation.table and not self.is_new(operation) and self.changed(operation):
                yield operation

    def is_new(self, operation: Operation) -> bool:
        """Tell whether the change creates the table of an operation, or one of its tables."""
        return not self.created.isdisjoint(operation.tables)

    def in_sql(self, does: str) -> Iterator[tuple[Operation, Action]]:
        """Give the changed statements whose raw SQL does that to tables that were there before."""
        for operation in self.upgrade:
            for action in operation.actions if self.changed(operation) else ():
                if action.does == does and action.table.rpartition(".")[2] not in self.created:
                    yield operation, action

    def changed(self, operation: Operation) -> bool:
        """Tell whether the change makes the operation: another argument or a guard makes no other one of it."""
        return self.touches(operation) and operation.identity not in self._earlier

    @cached_property
    def _earlier(self) -> frozenset[tuple[str | bool, ...]]:
        """What the same migration did before the change."""
        if self.file.old_text is None:
            return frozenset()
        return frozenset(operation.identity for operation in replace(self, source=Source(self.file.old_text)).upgrade)

    def touches(self, operation: Operation) -> bool:
        """Tell whether the change adds a line of the operation."""
        return not self.file.added_lines.isdisjoint(range(operation.start_line, operation.end_line + 1))

    def draft(self, operation: Operation, title: str) -> Draft:
        """Report an operation."""
        start, end = operation.start_line, operation.end_line
        evidence = "\n".join(line.removesuffix("\r") for line in self.source.text.split("\n")[start - 1 : end])
        return Draft(self.file.path, start, end, title, evidence, symbol=self.source.symbol(start))

    @cached_property
    def downgrade(self) -> Node | None:
        """The function that takes it back, if there is one."""
        return next(iter(self._functions("downgrade")), None)

    @cached_property
    def body(self) -> str:
        """The source of `upgrade`, for what is not an operation."""
        bodies = (function.field("body") for function in self._functions("upgrade"))
        return "\n".join(body.text() for body in bodies if body is not None)

    @property
    def commits(self) -> bool:
        """Whether `upgrade` ends the transaction by hand, as was usual before `autocommit_block`."""
        return ends_transaction(self.body)

    def calls(self, name: str, pattern: str) -> Iterator[Operation]:
        """Give other calls in `upgrade` and the functions named after it, as operations of a name."""
        for function in self._functions("upgrade"):
            for node in function.find_all(kind="call", regex=pattern):
                yield Operation(name, None, node, is_outside(node))

    def functions_until(self, operation: Operation) -> list[Node]:
        """Give the function of an operation, and the others of the file that run before it."""
        here = function_around(operation.node) or operation.node
        own = [(name.text(), node) for node in self._functions("") if (name := node.field("name")) is not None]
        starts = {here.range().start.index}
        functions = [here, *(node for node in self._functions("upgrade") if node.range().start.index not in starts)]
        for function in functions:
            starts.add(function.range().start.index)
            end = operation.node.range().start.index - function.range().start.index
            text = function.text()[:end] if function is here else function.text()
            called = [node for name, node in own if re.search(rf"(?<!def )\b{name}\(", text)]
            functions += [node for node in called if node.range().start.index not in starts]
        return functions

    def commits_before(self, operation: Operation) -> bool:
        """Tell whether the transaction was ended by hand before an operation."""
        function = function_around(operation.node) or operation.node
        text = function.text()[: operation.node.range().start.index - function.range().start.index]
        called = name.text() if (name := function.field("name")) is not None else ""
        around = self.body.partition(f"{called}(")[0] if called and f"{called}(" in self.body else ""
        return ends_transaction(f"{around}\n{text}")

    @cached_property
    def calls_its_own(self) -> bool:
        """Whether `upgrade` calls another function of the file, so that not all it does is seen."""
        functions = (node.field("name") for node in self.source.root.children() if node.kind() == "function_definition")
        names = "|".join(re.escape(name.text()) for name in functions if name is not None)
        return re.search(rf"\b(?:{names})\(", self.body) is not None

    def _functions(self, word: str) -> Iterator[Node]:
        for node in self.source.root.children():
            name = node.field("name") if node.kind() == "function_definition" else None
            if name is not None and re.search(rf"(?<!down){word}" if word == "upgrade" else word, name.text()):
                yield node


def migrations(context: Context) -> Iterator[Migration]:
    """Give the migrations of the change that can be seen whole."""
    texts = [(file, post_image(file)) for file in context.files]
    revisions = [Migration(file, Source(text)) for file, text in texts if text is not None]
    created = frozenset[str]().union(*(migration.creates for migration in revisions))
    yield from (replace(migration, created_beside=created) for migration in revisions)


def _operations(function: Node, own: Mapping[str, Node]) -> Iterator[Operation]:
    for node in function.find_all(kind="call"):
        called = node.field("function")
        match = _CALL.match(called.text()) if called is not None else None
        if called is not None and called.text() in own:
            # Each function once, so that one that calls itself has an end.
            others = {name: definition for name, definition in own.items() if name != called.text()}
            inner = _operations(own[called.text()], others) if "upgrade" not in called.text() else ()
            yield from (replace(operation, autocommit=operation.autocommit or is_outside(node)) for operation in inner)
        if match is None:
            continue
        owner, name, other = match.groups()
        if other or (owner != "op" and name in _EXECUTES):
            yield Operation("execute", None, node, is_outside(node))
        elif owner == "op":
            yield Operation(name, table_of(name, node), node, is_outside(node))
        elif (table := batched(node, owner)) is not None:
            yield Operation(name, table, node, is_outside(node))

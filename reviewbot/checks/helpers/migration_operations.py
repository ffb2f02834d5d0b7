"""What a migration does: the `op.*` calls of its `upgrade`, with the table each is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.added_lines import post_image
from reviewbot.checks.helpers.migration_calls import batched, table_of
from reviewbot.checks.helpers.operation import Operation
from reviewbot.checks.helpers.transactions import ends_transaction, is_outside
from reviewbot.checks.values.surroundings import function_around
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.helpers.raw_sql import Action
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.syntax import Node

_CALL = re.compile(r"(?s)(\w+)\.(\w+)\Z|.*\.(execute|exec_driver_sql)\Z")
_EXECUTES = frozenset({"execute", "exec_driver_sql"})
_CREATES = re.compile(
    r'(?i)\bcreate\s+(?:(?:unlogged|temp|temporary)\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:"?\w+"?\.)?"?(\w+)"?'
)
_CREATES_MODEL = re.compile(r"\b(\w+)\.__table__\.create\(")
_SMALL_BEFORE_LARGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


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
        evidence = "\n".join(line.removesuffix("\r") for line in self.source.lines[start - 1 : end])
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

"""What a migration does: the `op.*` calls of its `upgrade`, with the table each is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.changeset.raw_sql import actions
from reviewbot.checks.changeset.texts import post_image
from reviewbot.checks.project.nodes import call
from reviewbot.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.change import ChangedFile
    from reviewbot.checks.changeset import Context
    from reviewbot.checks.changeset.raw_sql import Action
    from reviewbot.syntax import Node

# Which argument of an operation is its table; of the others it is the first.
_TABLE_AT = {
    **dict.fromkeys(("create_index", "create_foreign_key", "create_check_constraint", "create_unique_constraint"), 1),
    **dict.fromkeys(("create_primary_key", "create_exclude_constraint", "drop_index", "drop_constraint"), 1),
}
_BATCH = "batch_alter_table"
_GUARD = re.compile(r"\bif\s+(?:not\s+)?exists\s+")
_TABLE_KEYWORDS = ("table_name", "source_table", "source")
_CALL = re.compile(r"(?s)(\w+)\.(\w+)\Z|.*\.(execute)\Z")
_CREATES = re.compile(r'(?i)\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?["\w]*?\.?"?(\w+)"?')
_CREATES_MODEL = re.compile(r"\b(\w+)\.__table__\.create\(")
_SMALL_BEFORE_LARGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ADDS_VALUE = re.compile(r"(?i)\balter\s+type\s+(\S+)\s+add\s+value\s+(?:if\s+not\s+exists\s+)?'?([\w-]*)")
_SIZE = re.compile(r"(?i)(?:size|count|rows)\w*\s*[<>=]")
_COMMITS = re.compile(r"""(?i)\.commit\(|execute\(\s*(?:\w+\.)?(?:text\(\s*)?["']+\s*commit\b""")


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
    def table(self) -> str:
        """The table's name, or the source that says it; empty where the call does not name one."""
        return _value(self.table_node) if self.table_node is not None else ""

    @cached_property
    def positional(self) -> tuple[str, ...]:
        """The arguments without a keyword: a plain string as its value, anything else as its source."""
        return tuple(_value(node) for node in _arguments(self.node) if node.kind() != "keyword_argument")

    @cached_property
    def keywords(self) -> dict[str, str]:
        """Keyword → its value, as in ``positional``."""
        return {name: _value(value) for name, value in _keywords(self.node)}

    @cached_property
    def text(self) -> str:
        """Its source."""
        return self.node.text()

    @cached_property
    def sql(self) -> str:
        """The SQL of an ``execute``: all its strings, one after the other; empty where it has none."""
        if self.name != "execute":
            return ""
        pieces = self.node.find_all(kind="string_content")
        return " ".join(" ".join(piece.text() for piece in pieces).split())

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """What its SQL does to tables; nothing where a name in it is computed."""
        return tuple(actions(self.sql)) if self.sql and self.node.find(kind="interpolation") is None else ()

    @property
    def column_node(self) -> Node | None:
        """What names the column that is added, altered or dropped; None for other operations."""
        if self.name not in {"add_column", "alter_column", "drop_column"}:
            return None
        made, at = call(self.node), 0 if self.in_batch else 1
        if made is not None and self.name == "add_column":
            columns = (call(node) for node in (*made.positional, *made.keywords.values()))
            made, at = next((one for one in columns if one is not None and one.name == "Column"), None), 0
        return made.argument(at, "name" if self.name == "add_column" else "column_name") if made is not None else None

    @property
    def column(self) -> str:
        """The name of that column, or the source that says it; empty for other operations."""
        return _value(self.column_node) if self.column_node is not None else ""

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
        """What `upgrade` and the functions named after it do, in the order of the source."""
        return tuple(operation for function in self._functions("upgrade") for operation in _operations(function))

    @cached_property
    def creates(self) -> frozenset[str]:
        """The tables that it creates."""
        made = {one.table for one in self.upgrade if one.name == "create_table"}
        of_models = {_SMALL_BEFORE_LARGE.sub("_", name).lower() for name in _CREATES_MODEL.findall(self.body)}
        return frozenset(made.union(of_models, *(_CREATES.findall(one.sql) for one in self.upgrade)))

    @property
    def created(self) -> frozenset[str]:
        """The tables that the change creates, which are still empty and which nobody uses yet."""
        return self.creates | self.created_beside

    def on_existing(self, *names: str) -> Iterator[Operation]:
        """Give the changed operations of these names on tables that were there before."""
        for one in self.upgrade:
            if one.name in names and one.table and one.table not in self.created and self.changed(one):
                yield one

    def in_sql(self, does: str) -> Iterator[tuple[Operation, Action]]:
        """Give the changed statements whose raw SQL does that to tables that were there before."""
        for one in self.upgrade:
            for action in one.actions if self.changed(one) else ():
                if action.does == does and action.table.rpartition(".")[2] not in self.created:
                    yield one, action

    def changed(self, one: Operation) -> bool:
        """Tell whether the change makes the operation: another argument or a guard makes no other one of it."""
        return self.touches(one) and one.identity not in self._earlier

    @cached_property
    def _earlier(self) -> frozenset[tuple[str | bool, ...]]:
        """What the same migration did before the change."""
        if self.file.old_text is None:
            return frozenset()
        return frozenset(one.identity for one in replace(self, source=Source(self.file.old_text)).upgrade)

    def touches(self, one: Operation) -> bool:
        """Tell whether the change adds a line of the operation."""
        return not self.file.added_lines.isdisjoint(range(one.start_line, one.end_line + 1))

    def draft(self, one: Operation, title: str) -> Draft:
        """Report an operation."""
        lines = self.source.text.split("\n")[one.start_line - 1 : one.end_line]
        evidence = "\n".join(line.removesuffix("\r") for line in lines)
        symbol = self.source.symbol(one.start_line)
        return Draft(self.file.path, one.start_line, one.end_line, title, evidence, symbol=symbol)

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
        return _COMMITS.search(self.body) is not None

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
    found = [Migration(file, Source(text)) for file, text in texts if text is not None]
    created = frozenset[str]().union(*(one.creates for one in found))
    yield from (replace(one, created_beside=created) for one in found)


def _operations(function: Node) -> Iterator[Operation]:
    for node in function.find_all(kind="call"):
        called = node.field("function")
        match = _CALL.match(called.text()) if called is not None else None
        if match is None:
            continue
        owner, name, other = match.groups()
        if other or (owner != "op" and name == "execute"):
            yield Operation("execute", None, node, _in_autocommit(node))
        elif owner == "op":
            yield Operation(name, _table(name, node), node, _in_autocommit(node))
        elif (table := _batched(node, owner)) is not None:
            yield Operation(name, table, node, _in_autocommit(node))


def _table(name: str, node: Node) -> Node | None:
    named = dict(_keywords(node))
    for keyword in _TABLE_KEYWORDS:
        if keyword in named:
            return named[keyword]
    at = _TABLE_AT.get(name, 0)
    positional = [one for one in _arguments(node) if one.kind() != "keyword_argument"]
    return positional[at] if len(positional) > at and name != "execute" else None


def _batched(node: Node, alias: str) -> Node | None:
    """Give the table of the `with op.batch_alter_table("table") as alias:` around a call, or None."""
    for outer in node.ancestors():
        if outer.kind() == "with_statement" and re.search(rf"\bas\s+{alias}\b", outer.text()):
            made = next((one for one in map(call, outer.find_all(kind="call")) if one and one.name == _BATCH), None)
            if made is not None:
                return made.argument(0, "table_name")
    return None


def _in_autocommit(node: Node) -> bool:
    return any(
        outer.kind() == "with_statement" and re.search(r"\bautocommit_block\(|AUTOCOMMIT", outer.text()) is not None
        for outer in node.ancestors()
    )


def _arguments(node: Node) -> Iterable[Node]:
    arguments = node.field("arguments")
    return [one for one in arguments.children() if one.is_named()] if arguments is not None else []


def _keywords(called: Node) -> Iterator[tuple[str, Node]]:
    for node in _arguments(called):
        name, value = node.field("name"), node.field("value")
        if node.kind() == "keyword_argument" and name is not None and value is not None:
            yield name.text(), value


def _value(node: Node) -> str:
    """Give a plain string's value (`op.f("name")` too), or the source of anything else."""
    text = node.text()
    match = re.fullmatch(r"""(?:\w+\.f\(\s*)?(["'])([^"'\n]*)\1(?:\s*\))?""", text)
    return match[2] if match else text


def added_values(migration: Migration) -> Iterator[tuple[Operation, str, str]]:
    """Give each `ALTER TYPE … ADD VALUE` inside the migration's transaction, with the type and the value."""
    for one in migration.upgrade:
        found = _ADDS_VALUE.search(one.sql)
        if found and not one.autocommit and not migration.commits:
            yield one, found[1], found[2]

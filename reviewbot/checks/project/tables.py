"""The tables that models declare: columns, foreign keys, and what is indexed in models or in migrations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.project.migration_files import migration_files
from reviewbot.python.nodes import call, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project.declarations import Declarations, Lineage
    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Class, Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

_COLUMN = frozenset({"Column", "mapped_column"})
_INDEXED = re.compile(r"\b(?:index|unique|primary_key)\s*=\s*True\b")


@dataclass(frozen=True)
class Column:
    """A column of a model.

    Attributes:
        name: The attribute's name.
        node: Its declaration.
        call: ``Column(…)`` or ``mapped_column(…)``.
    """

    name: str
    node: Node
    call: Call

    @property
    def text(self) -> str:
        """Its declaration, annotation included."""
        return self.node.text()

    @property
    def is_foreign_key(self) -> bool:
        """Whether it names a ``ForeignKey``."""
        return "ForeignKey(" in self.text

    @property
    def is_indexed(self) -> bool:
        """Whether it says so itself."""
        return bool(_INDEXED.search(self.text))


@dataclass(frozen=True)
class Table:
    """A model with a table.

    Attributes:
        module: The file.
        definition: The class.
        name: Of the table; empty where it is computed.
        lineage: The class and its bases.
    """

    module: Module
    definition: Class
    name: str
    lineage: Lineage

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the class itself declares."""
        return tuple(_columns(self.definition))

    @cached_property
    def arguments(self) -> str:
        """The source of ``__table_args__`` and of the module's other ``Index(…)``; constraints stand there."""
        own = self.definition.attributes.get("__table_args__")
        outside = [
            statement.text()
            for statement in self.module.statements
            if statement.kind() == "expression_statement" and "Index(" in statement.text()
        ]
        return "\n".join([own.text() if own is not None else "", *outside])


class Tables:
    """The tables of one tree.

    Args:
        code: The application's files.
        declarations: Models and schemas.
    """

    def __init__(self, code: Code, declarations: Declarations) -> None:
        self._code = code
        self._declarations = declarations

    def of(self, module: Module) -> Iterator[Table]:
        """Give the tables that a module declares."""
        for definition in self._declarations.models(module):
            named = definition.attributes["__tablename__"].field("right")
            lineage = self._declarations.lineage(module, definition)
            yield Table(module, definition, string(named) or "", lineage)

    @cached_property
    def all(self) -> tuple[Table, ...]:
        """The tables of all modules."""
        return tuple(table for module in self._code.mentioning("__tablename__") for table in self.of(module))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all tables, as far as they are written out."""
        return frozenset(table.name for table in self.all if table.name)

    @cached_property
    def models(self) -> frozenset[str]:
        """The names of all models."""
        return frozenset(table.definition.name for table in self.all)

    @cached_property
    def _created_indexes(self) -> tuple[str, ...]:
        """What migrations say where they make an index or a constraint that comes with one."""
        texts = self._code.tree.read(migration_files(self._code.tree)).values()
        made = re.compile(r"(?:create_index|create_unique_constraint|CREATE (?:UNIQUE )?INDEX)\b[^#]{0,300}")
        return tuple(index for text in texts for index in made.findall(text))

    def has_index(self, table: Table, column: Column) -> bool:
        """Tell whether a column is in an index, at whatever place, in the model or in a migration."""
        if column.is_indexed:
            return True
        name = rf"[\"'.]?\b{re.escape(column.name)}\b"
        if re.search(
            rf"(?:Index|UniqueConstraint|PrimaryKeyConstraint)\((?:[^()]|\([^()]{{,300}}\)){{,500}}{name}",
            table.arguments,
        ):
            return True
        created = re.compile(rf"\b{re.escape(table.name)}\b.{{,300}}[\[(][^\])]{{,300}}{name}", re.DOTALL)
        return any(created.search(index) for index in self._created_indexes)


def _columns(definition: Class) -> Iterator[Column]:
    for name, node in definition.attributes.items():
        made = call(node.field("right"))
        if made is not None and made.name in _COLUMN:
            yield Column(name, node, made)

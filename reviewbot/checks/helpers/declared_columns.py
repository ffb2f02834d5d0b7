"""The columns of a project's tables, however they are declared: models, SQLModel, annotations alone, `Table(…)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.project.declarations import Kind
from reviewbot.python.nodes import call, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project import Project
    from reviewbot.python.module import Class, Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

# Words without which a file declares no table.
WORDS = ("__tablename__", "Table(", "table=True", "mapped_column(", "Column(")
_MAKES = frozenset({"Column", "mapped_column", "Field"})
_IS_SQLMODEL = re.compile(r"\btable\s*=\s*True\b")
_KEY = re.compile(r"\bprimary_key\s*=\s*True\b")
_SMALL_BEFORE_LARGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TYPE_KEYWORDS = ("type_", "sa_type", "sa_column")


@dataclass(frozen=True)
class Referring:
    """A column.

    Attributes:
        table: The name of its table; empty where that is computed.
        name: Its own name in the database.
        node: Its declaration.
        kind: All that is said of its type, annotation included.
        around: The source of the table.
        names: The names of the table's other columns.
    """

    table: str
    name: str
    node: Node
    kind: str
    around: str
    names: frozenset[str]

    @cached_property
    def text(self) -> str:
        """Its declaration."""
        return self.node.text()


class Columns:
    """All columns of a project.

    Args:
        project: The project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def tables(self) -> frozenset[str]:
        """The names of all tables, as far as they are written out or made of a class's name."""
        names = set(self._project.tables.names)
        for module in self._project.code.mentioning(*WORDS):
            names.update(name for name, _ in _table_calls(module))
            names.update(name for cls in module.classes.values() for name in self._names(module, cls))
        return frozenset(names)

    def of(self, module: Module) -> Iterator[Referring]:
        """Give the columns that a module declares."""
        for cls in module.classes.values():
            names = self._names(module, cls)
            if names:
                yield from self._of_class(module, cls, names[0])
        for name, made in _table_calls(module):
            columns = [
                column for column in map(call, made.positional) if column is not None and column.name == "Column"
            ]
            named = [(string(column.argument(0, "name")) or "", column) for column in columns]
            for own, column in named:
                names_of = frozenset(other for other, _ in named)
                yield Referring(name, own, column.node, _kind("", column), made.node.text(), names_of)

    def _names(self, module: Module, definition: Class) -> tuple[str, ...]:
        """Give the name of the table that a class has; several where a base makes it of the class's name."""
        said = definition.attributes.get("__tablename__")
        if said is not None:
            is_model = self._project.declarations.kind(module, definition) is Kind.MODEL
            return (string(said.field("right")) or "",) if is_model else ()
        text = definition.node.text()
        head = text.partition(":")[0]
        if _IS_SQLMODEL.search(head):
            return (definition.name.lower(),)
        if not _KEY.search(text) or "__abstract__" in text or re.search(r"(?:Mixin|Base|Model)$", definition.name):
            return ()
        if self._project.declarations.kind(module, definition) is not Kind.MODEL:
            return ()
        plain = _SMALL_BEFORE_LARGE.sub("_", definition.name).lower()
        return (plain, definition.name.lower(), f"{plain}s")

    def _of_class(self, module: Module, definition: Class, table: str) -> Iterator[Referring]:
        sqlmodel = _IS_SQLMODEL.search(definition.node.text().partition(":")[0]) is not None
        around = "\n".join([definition.node.text(), *_outside(module, definition.name)])
        columns: list[tuple[str, Node, str]] = []
        for attribute, node in definition.attributes.items():
            made, annotation = call(node.field("right")), node.field("type")
            said = annotation.text() if annotation is not None else ""
            bare = node.field("right") is None and (sqlmodel or re.search(r"\bMapped\[", said) is not None)
            if bare or (made is not None and made.name in _MAKES):
                name = string(made.argument(0, "name")) if made is not None and made.name != "Field" else None
                columns.append((name or attribute, node, self._resolved(module, said) + " " + _kind("", made)))
        names = frozenset([*definition.attributes, *(name for name, _, _ in columns)])
        for name, node, kind in columns:
            yield Referring(table, name, node, kind, around, names)

    def _resolved(self, module: Module, annotation: str) -> str:
        """Give an annotation with what the names in it stand for, where that is another type."""
        meant = [annotation]
        for name in re.findall(r"\b[A-Za-z_]\w*\b", annotation):
            place = self._project.code.resolve(module, name)
            value = place.module.assignments.get(place.name) if place is not None else None
            meant += [value.text()] if value is not None else []
        return " ".join(meant)


def _table_calls(module: Module) -> Iterator[tuple[str, Call]]:
    """Give each `Table("name", metadata, …)` at module level, with the table's name."""
    if "Table(" not in module.text:
        return
    for value in module.assignments.values():
        made = call(value)
        name = string(made.argument(0, "name")) if made is not None and made.name == "Table" else None
        if made is not None and name:
            yield name, made


def _outside(module: Module, name: str) -> Iterator[str]:
    """Give the statements outside of a class that add to it."""
    for statement in module.statements:
        text = statement.text() if statement.kind() == "expression_statement" else ""
        if name in text and "Constraint" in text:
            yield text


def _kind(annotation: str, made: Call | None) -> str:
    """Give what is said of a column's type: its place among the arguments may be any."""
    if made is None:
        return annotation
    given = [argument.text() for argument in made.positional if argument.kind() != "string"]
    given += [keyword.text() for key in _TYPE_KEYWORDS if (keyword := made.keywords.get(key)) is not None]
    return " ".join([annotation, *given])

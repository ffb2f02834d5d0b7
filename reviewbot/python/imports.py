"""Import statements of one file, and the names that they bind; codebase.py follows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.python.nodes import first_line, last_line
from reviewbot.python.syntax import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.syntax import Node

STAR = "*"
STATEMENTS = ("import_statement", "import_from_statement")
_FOR_TYPING = re.compile(r"(?:\w+\.)?TYPE_CHECKING")


@dataclass(frozen=True, eq=False)
class Import:
    """A name that an import statement binds.

    Attributes:
        name: The name in the file: of ``import a.b`` it is ``a``; ``*`` for all names of a module.
        module: The module named, dotted, with the dots of a relative import before it.
        attribute: What is taken from the module (``from module import attribute``); empty for the module itself.
        node: Where the name stands.
        statement: The whole statement.
    """

    name: str
    module: str
    attribute: str
    node: Node
    statement: Node

    @property
    def origin(self) -> str:
        """What the name stands for, dotted: of ``import a.b``, which binds ``a``, the package ``a``."""
        if self.attribute:
            return joined(self.module, self.attribute)
        return self.module if self.node.kind() == "aliased_import" else self.name

    @cached_property
    def line(self) -> int:
        """The line the name stands on."""
        return first_line(self.node)

    @cached_property
    def first(self) -> int:
        """First line of the statement."""
        return first_line(self.statement)

    @cached_property
    def last(self) -> int:
        """Last line of the statement."""
        return last_line(self.statement)

    @cached_property
    def top(self) -> bool:
        """Whether it is at module level, in branches too, and not in a function or class."""
        return not any(around.kind() in DEFINITIONS for around in self.statement.ancestors())

    @property
    def in_branch(self) -> bool:
        """Whether it stands in a block, such as ``try`` or ``if``, so that another import may bind the name as well."""
        around = self.statement.parent()
        return around is not None and around.kind() != "module"

    @property
    def for_typing(self) -> bool:
        """Whether it stands below ``if TYPE_CHECKING:``, so that it imports nothing when the file runs."""
        at = self.statement.range().start.index
        for around in self.statement.ancestors() if self.in_branch else ():
            condition, body = around.field("condition"), around.field("consequence")
            if condition is not None and body is not None and _FOR_TYPING.fullmatch(condition.text()):
                return body.range().start.index <= at < body.range().end.index
        return False


def read(statement: Node) -> Iterator[Import]:
    """Give the names that an ``import_statement`` or ``import_from_statement`` binds."""
    source = statement.field("module_name")
    module = "".join(source.text().split()) if source is not None else ""
    last = statement.children()[-1]
    if last.kind() == "wildcard_import":
        yield Import(STAR, module, STAR, last, statement)
    for node in statement.field_children("name"):
        inner, alias = node.field("name"), node.field("alias")
        named = node.text() if inner is None or alias is None else inner.text()
        if source is not None:
            yield Import(alias.text() if alias is not None else named, module, named, node, statement)
        else:
            yield Import(alias.text() if alias is not None else named.partition(".")[0], named, "", node, statement)


def joined(module: str, name: str) -> str:
    """Give the dotted name of what is in a module, which may be no more than the dots of a relative import."""
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"

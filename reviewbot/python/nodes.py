"""Reading single nodes of a parsed Python text: calls, literals, decorators, parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from reviewbot.python.syntax import Node

_BRANCHES = frozenset({"if_statement", "try_statement", "with_statement", "else_clause", "elif_clause"})
_CLAUSES = frozenset({"block", "except_clause", "except_group_clause", "finally_clause", "else_clause", "elif_clause"})
_SEQUENCES = frozenset({"list", "tuple", "set"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call, taken apart.

    Attributes:
        node: The call itself.
        function: What is called, as it is written: ``app.include_router``.
        positional: Its positional arguments.
        keywords: Its keyword arguments.
        open: Whether ``*`` or ``**`` passes what cannot be seen here.
    """

    node: Node
    function: str
    positional: tuple[Node, ...]
    keywords: Mapping[str, Node]
    open: bool

    @property
    def name(self) -> str:
        """The last part of what is called: ``include_router``."""
        return self.function.rpartition(".")[2]

    def argument(self, at: int, keyword: str) -> Node | None:
        """Give the argument that may be passed by place or by name, or None."""
        return self.keywords.get(keyword) or (self.positional[at] if at < len(self.positional) else None)


def call(node: Node | None) -> Call | None:
    """Take a call apart; None where the node is none."""
    if node is None or node.kind() != "call":
        return None
    function, arguments = node.field("function"), node.field("arguments")
    if function is None or arguments is None or arguments.kind() != "argument_list":
        return None
    positional: list[Node] = []
    keywords: dict[str, Node] = {}
    is_open = False
    for child in arguments.children():
        if child.kind() == "keyword_argument":
            name, value = child.field("name"), child.field("value")
            if name is not None and value is not None:
                keywords[name.text()] = value
        elif child.kind() in {"list_splat", "dictionary_splat"}:
            is_open = True
        elif child.is_named() and child.kind() != "comment":
            positional.append(child)
    return Call(node, "".join(function.text().split()), tuple(positional), keywords, is_open)


def string(node: Node | None) -> str | None:
    """Give the value of a plain string literal; None for anything else, f-strings with values included."""
    if node is None:
        return None
    if node.kind() == "parenthesized_expression" or node.kind() == "concatenated_string":
        parts = [string(child) for child in node.children() if child.is_named() and child.kind() != "comment"]
        return None if None in parts else "".join(part or "" for part in parts)
    if node.kind() != "string" or any(child.kind() == "interpolation" for child in node.children()):
        return None
    return "".join(child.text() for child in node.children() if child.kind() == "string_content")


def strings(node: Node | None) -> tuple[str, ...] | None:
    """Give the values of a list, tuple or set of plain strings; None where any of them is something else."""
    if node is None or node.kind() not in _SEQUENCES:
        return None
    values = [string(child) for child in elements(node)]
    return None if None in values else tuple(value or "" for value in values)


def elements(node: Node | None) -> Iterator[Node]:
    """Give the elements of a list, tuple or set; none for anything else."""
    if node is not None and node.kind() in _SEQUENCES:
        yield from (child for child in node.children() if child.is_named() and child.kind() != "comment")


def pairs(node: Node | None) -> Iterator[tuple[Node, Node]]:
    """Give keys and values of a dictionary; none for anything else."""
    for child in node.children() if node is not None and node.kind() == "dictionary" else ():
        key, value = child.field("key"), child.field("value")
        if child.kind() == "pair" and key is not None and value is not None:
            yield key, value


def statements(block: Node, also: Container[str] = ()) -> Iterator[Node]:
    """Give the statements of a block, those in branches, ``try`` and ``with`` included, in their order.

    Args:
        block: What they stand in.
        also: Further kinds of nodes to look into, such as loops.
    """
    pending = block.children()[::-1]
    while pending:
        node = pending.pop()
        kind = node.kind()
        if kind in _BRANCHES or kind in _CLAUSES or kind in also:
            pending += reversed(node.children())
        elif node.is_named():
            yield node


def assignment(statement: Node) -> Node | None:
    """Give the assignment or the ``type name = …`` that a statement is, or None."""
    if statement.kind() != "expression_statement":
        return statement if statement.kind() == "type_alias_statement" else None
    first = statement.child(0)
    return first if first is not None and first.kind() == "assignment" else None


def undecorated(statement: Node) -> Node:
    """Give the definition that has decorators; any other statement as it is."""
    inner = statement.field("definition") if statement.kind() == "decorated_definition" else None
    return inner if inner is not None else statement


def class_around(node: Node) -> Node | None:
    """Give the innermost class that a node stands in."""
    return next((above for above in node.ancestors() if above.kind() == "class_definition"), None)


def decorators(definition: Node) -> Iterator[Node]:
    """Give what stands behind each ``@`` of a decorated definition."""
    for child in definition.children():
        inner = child.child(1) if child.kind() == "decorator" else None
        if inner is not None:
            yield inner


def field(node: Node, name: str) -> str:
    """Give the text of a node's field; empty where it has none of that name."""
    child = node.field(name)
    return child.text() if child is not None else ""


def chain(node: Node | None) -> tuple[str, ...]:
    """Give the names of ``a.b.c``; nothing for any other expression, or none."""
    names = []
    while node is not None and node.kind() == "attribute":
        names.append(field(node, "attribute"))
        node = node.field("object")
    if node is None or node.kind() != "identifier":
        return ()
    return (node.text(), *reversed(names))


def first_line(node: Node) -> int:
    """Give the line a node begins on, 1-based."""
    return node.range().start.line + 1


def last_line(node: Node) -> int:
    """Give the line a node ends on, 1-based."""
    return node.range().end.line + 1


def lines_of(node: Node) -> range:
    """Give the lines, counted from 1, that have a character of a node."""
    start, end = first_line(node), last_line(node)
    return range(start, end + (node.range().end.column > 0 or end == start))

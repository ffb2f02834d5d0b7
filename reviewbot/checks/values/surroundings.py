"""What stands around a node: the function it is in, that function's parameters, the statements of its module."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.syntax import Node

# Between files that are searched together, see `batches.py`.
_BOUNDARY = "nonlocal_statement"


def function_around(node: Node) -> Node | None:
    """Give the innermost function around a node."""
    return next((ancestor for ancestor in node.ancestors() if ancestor.kind() == "function_definition"), None)


def outermost(node: Node) -> Node | None:
    """Give the outermost function around a node."""
    return next((ancestor for ancestor in reversed(node.ancestors()) if ancestor.kind() == "function_definition"), None)


def is_around(outer: Node | None, inner: Node) -> bool:
    """Tell whether one node contains another, or is the same."""
    if outer is None:
        return False
    own, other = outer.range(), inner.range()
    return own.start.index <= other.start.index and other.end.index <= own.end.index


def arguments(call: Node) -> list[Node]:
    """Give what a call is given, keywords included."""
    listed = call.field("arguments")
    if listed is None or listed.kind() == "generator_expression":
        return [listed] if listed is not None else []
    return [child for child in listed.children() if child.is_named() and child.kind() != "comment"]


def unwrapped(node: Node) -> Node:
    """Give an expression without the brackets and the `await` around it."""
    while node.kind() in {"parenthesized_expression", "await"}:
        inner = next((child for child in node.children() if child.is_named() and child.kind() != "comment"), None)
        if inner is None:
            break
        node = inner
    return node


def statements_beside(node: Node) -> Iterator[Node]:
    """Give the statements of the module that a node is in, also where several files were joined."""
    ancestors = node.ancestors()
    if len(ancestors) < 2:
        return
    top = ancestors[-2]
    yield top
    for beside in (top.prev_all(), top.next_all()):
        for statement in beside:
            if statement.kind() == _BOUNDARY:
                break
            yield statement


def parameter(function: Node, name: str) -> str | None:
    """Give the annotation of a function's parameter, empty where it has none; None where there is no such."""
    listed = function.field("parameters")
    for child in listed.children() if listed is not None else ():
        own = child if child.kind() == "identifier" else child.field("name") or child.child(0)
        if own is not None and child.is_named() and own.text().lstrip("*") == name:
            kind = child.field("type")
            return kind.text() if kind is not None else ""
    return None


def module_value(near: Node, name: str) -> Node | None:
    """Give what the module that a node is in assigns to a name; None where it does not."""
    for statement in statements_beside(near):
        inner = statement.child(0)
        if statement.kind() == "type_alias_statement" and inner is not None:
            sides = [child for child in statement.children() if child.is_named()]
            if len(sides) == 2 and sides[0].text() == name:
                return sides[1]
        if statement.kind() != "expression_statement" or inner is None or inner.kind() != "assignment":
            continue
        left = inner.field("left")
        if left is not None and left.text() == name:
            return inner.field("right")
    return None

"""What an expression of a migration stands for: a literal, a constant of the file, or a loop over one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks.project.nodes import string, strings

if TYPE_CHECKING:
    from reviewbot.syntax import Node


def values(node: Node | None, root: Node) -> tuple[str, ...]:
    """Give the strings that an expression stands for; none where that cannot be told.

    Args:
        node: The expression.
        root: The whole file.
    """
    literal = string(node)
    if node is None or literal is not None:
        return (literal,) if literal is not None else ()
    if node.kind() != "identifier":
        return ()
    for outer in node.ancestors():
        left, right = outer.field("left"), outer.field("right")
        if outer.kind() == "for_statement" and left is not None and left.text() == node.text():
            return _several(right, root)
    constant = _constant(node, root)
    value = string(constant)
    return (value,) if value is not None else ()


def _several(node: Node | None, root: Node) -> tuple[str, ...]:
    """Give the strings of a list, tuple or set, or of the constant that is one."""
    if node is not None and node.kind() == "identifier":
        node = _constant(node, root)
    return strings(node) or ()


def _constant(node: Node, root: Node) -> Node | None:
    """Give what a name is assigned, where that is done once."""
    found = [one.field("right") for one in root.find_all(kind="assignment") if _left(one) == node.text()]
    return found[0] if len(found) == 1 else None


def _left(one: Node) -> str:
    left = one.field("left")
    return left.text() if left is not None else ""

"""What an expression of a migration stands for: a literal, a constant of the file, or a loop over one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks.values.surroundings import function_around
from reviewbot.python.nodes import call, elements, pairs, string

if TYPE_CHECKING:
    from reviewbot.python.syntax import Node

_MOST_HOPS = 4
_LOOPS = frozenset({"for_statement", "list_comprehension", "generator_expression"})
# What gives the elements of what it is given, in whatever order.
_ORDERS = frozenset({"list", "tuple", "set", "sorted", "reversed", "enumerate"})


def values(node: Node | None) -> tuple[str, ...]:
    """Give the strings that an expression stands for; none where any of them cannot be told.

    Args:
        node: The expression.
    """
    if node is None:
        return ()
    strings = (
        [string(value) for value in assigned(node)] if node.kind() in {"identifier", "subscript"} else [string(node)]
    )
    return () if None in strings else tuple(text or "" for text in strings)


def assigned(node: Node, hops: int = _MOST_HOPS) -> tuple[Node, ...]:
    """Give what a name stands for: of a constant, an element of a loop, or a parameter of a function of the file.

    Args:
        node: The name; anything else stands for itself, and an element of a constant for that.
        hops: So many names are followed.
    """
    if node.kind() == "subscript":
        return _element(node, hops)
    if node.kind() != "identifier" or hops == 0:
        return (node,)
    for outer in node.ancestors():
        for loop in (outer, *outer.children()) if outer.kind() in _LOOPS else ():
            left, right = loop.field("left"), loop.field("right")
            at = _place(left, node.text()) if left is not None and right is not None else None
            if at is not None and right is not None:
                return _looped(right, at, hops)
        passed = _arguments(outer, node.text()) if outer.kind() == "function_definition" else None
        if passed is not None:
            return tuple(value for argument in passed for value in assigned(argument, hops - 1))
    constant = _constant(node, node.get_root().root())
    return assigned(constant, hops - 1) if constant is not None else ()


def _place(left: Node, name: str) -> tuple[int, ...] | None:
    """Give where in the target of a loop a name stands; None where it does not."""
    if left.text() == name:
        return ()
    if left.kind() in {"pattern_list", "tuple_pattern"}:
        for at, child in enumerate(target for target in left.children() if target.is_named()):
            inner = _place(child, name)
            if inner is not None:
                return (at, *inner)
    return None


def _looped(right: Node, at: tuple[int, ...], hops: int) -> tuple[Node, ...]:
    """Give what the elements of a list, or of the constant that is one, have at a place."""
    made = call(right)
    if made is not None and made.name in _ORDERS and made.positional:
        return _looped(made.positional[0], at[1:] if made.name == "enumerate" else at, hops)
    if made is not None and made.name in {"items", "keys", "values"} and "." in made.function:
        inner = (right.field("function") or right).field("object")
        items = (
            [(key, value) for mapping in assigned(inner, hops - 1) for key, value in pairs(mapping)] if inner else []
        )
        if made.name == "items":
            return tuple(item[at[0]] for item in items if len(at) == 1)
        return tuple(item[made.name == "values"] for item in items)
    nodes = [
        element
        for sequence in assigned(right, hops - 1)
        for element in (*elements(sequence), *(key for key, _ in pairs(sequence)))
    ]
    for place in at:
        nodes = [members[place] for node in nodes if len(members := [*elements(node)]) > place]
    return tuple(nodes)


def _element(node: Node, hops: int) -> tuple[Node, ...]:
    """Give an element of a constant: ``NAMES["old"]``, ``NAMES[0]``."""
    inner, key = node.field("value"), node.field("subscript")
    if inner is None or key is None:
        return ()
    nodes: list[Node] = []
    for constant in assigned(inner, hops - 1):
        nodes += [value for name, value in pairs(constant) if string(name) is not None and string(name) == string(key)]
        members = [*elements(constant)]
        nodes += [members[int(key.text())]] if key.text().isdigit() and int(key.text()) < len(members) else []
    return tuple(nodes)


def _arguments(function: Node, name: str) -> list[Node] | None:
    """Give what the calls of a function in the same file pass for a parameter; None where it has none of that name."""
    own, parameters = function.field("name"), function.field("parameters")
    listed = [child for child in parameters.children() if child.is_named()] if parameters is not None else []
    names = [(parameter.field("name") or parameter.child(0) or parameter).text() for parameter in listed]
    if own is None or name not in names:
        return None
    calls = (call(node) for node in function.get_root().root().find_all(kind="call", regex=rf"^{own.text()}\("))
    given = (caller.argument(names.index(name), name) for caller in calls if caller is not None)
    return [argument if argument is not None else listed[names.index(name)] for argument in given]


def _constant(node: Node, root: Node) -> Node | None:
    """Give what a name is assigned: last before in the same function, else in the one place of the module."""
    assignments = [
        assignment
        for assignment in root.find_all(kind="assignment")
        if _target(assignment) == node.text() and assignment.field("right")
    ]
    around = _function(node)
    near = [assignment for assignment in assignments if around is not None and _function(assignment) == around]
    earlier = [assignment for assignment in near if assignment.range().start.index < node.range().start.index]
    if earlier:
        return earlier[-1].field("right")
    outside = [assignment for assignment in assignments if _function(assignment) is None]
    return outside[0].field("right") if len(outside) == 1 else None


def _function(node: Node) -> int | None:
    """Give where the function around a node begins; None at module level."""
    definition = function_around(node)
    return definition.range().start.index if definition is not None else None


def _target(assignment: Node) -> str:
    left = assignment.field("left")
    return left.text() if left is not None else ""

"""What an expression of a migration stands for: a literal, a constant of the file, or a loop over one."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    found = (
        [string(value) for value in assigned(node)] if node.kind() in {"identifier", "subscript"} else [string(node)]
    )
    return () if None in found else tuple(one or "" for one in found)


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
        passed = _passed(outer, node.text()) if outer.kind() == "function_definition" else None
        if passed is not None:
            return tuple(value for one in passed for value in assigned(one, hops - 1))
    constant = _constant(node, node.get_root().root())
    return assigned(constant, hops - 1) if constant is not None else ()


def _place(left: Node, name: str) -> tuple[int, ...] | None:
    """Give where in the target of a loop a name stands; None where it does not."""
    if left.text() == name:
        return ()
    if left.kind() in {"pattern_list", "tuple_pattern"}:
        for at, child in enumerate(one for one in left.children() if one.is_named()):
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
        both = [(key, value) for one in assigned(inner, hops - 1) for key, value in pairs(one)] if inner else []
        if made.name == "items":
            return tuple(each[at[0]] for each in both if len(at) == 1)
        return tuple(each[made.name == "values"] for each in both)
    found = [
        element for each in assigned(right, hops - 1) for element in (*elements(each), *(key for key, _ in pairs(each)))
    ]
    for place in at:
        found = [each[place] for one in found if len(each := [*elements(one)]) > place]
    return tuple(found)


def _element(node: Node, hops: int) -> tuple[Node, ...]:
    """Give an element of a constant: ``NAMES["old"]``, ``NAMES[0]``."""
    inner, key = node.field("value"), node.field("subscript")
    if inner is None or key is None:
        return ()
    found: list[Node] = []
    for one in assigned(inner, hops - 1):
        found += [value for name, value in pairs(one) if string(name) is not None and string(name) == string(key)]
        each = [*elements(one)]
        found += [each[int(key.text())]] if key.text().isdigit() and int(key.text()) < len(each) else []
    return tuple(found)


def _passed(function: Node, name: str) -> list[Node] | None:
    """Give what the calls of a function in the same file pass for a parameter; None where it has none of that name."""
    own, parameters = function.field("name"), function.field("parameters")
    listed = [child for child in parameters.children() if child.is_named()] if parameters is not None else []
    names = [(one.field("name") or one.child(0) or one).text() for one in listed]
    if own is None or name not in names:
        return None
    calls = (call(node) for node in function.get_root().root().find_all(kind="call", regex=rf"^{own.text()}\("))
    given = (one.argument(names.index(name), name) for one in calls if one is not None)
    return [one if one is not None else listed[names.index(name)] for one in given]


def _constant(node: Node, root: Node) -> Node | None:
    """Give what a name is assigned: last before in the same function, else in the one place of the module."""
    found = [one for one in root.find_all(kind="assignment") if _left(one) == node.text() and one.field("right")]
    around = _function(node)
    near = [one for one in found if around is not None and _function(one) == around]
    before = [one for one in near if one.range().start.index < node.range().start.index]
    if before:
        return before[-1].field("right")
    outside = [one for one in found if _function(one) is None]
    return outside[0].field("right") if len(outside) == 1 else None


def _function(node: Node) -> int | None:
    """Give where the function around a node begins; None at module level."""
    found = next((ancestor for ancestor in node.ancestors() if ancestor.kind() == "function_definition"), None)
    return found.range().start.index if found is not None else None


def _left(one: Node) -> str:
    left = one.field("left")
    return left.text() if left is not None else ""

"""Which names some lines of a file use."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from reviewbot.python.nodes import chain, lines_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reviewbot.python.layout import Layout
    from reviewbot.python.syntax import Node

# Calls whose texts name classes.
_NAMING = frozenset({"relationship", "cast", "ForwardRef", "TypeVar", "dynamic_loader"})
_NAMELESS = frozenset({"comment", "import_statement", "import_from_statement"})
_TYPED = frozenset({"typed_default_parameter", "default_parameter", "typed_parameter"})


def names_on(layout: Layout, lines: Collection[int]) -> frozenset[str]:
    """Give the names that the given lines of a file use, the first of dotted ones; none of comments and texts."""
    names = set()
    for node in _leaves(layout.source.root, sorted(set(lines))):
        if node.kind() != "string":
            names.add(chain(node)[0])
        elif _is_type(node):
            names.add(_plain(node))
    return frozenset(names)


def _plain(string: Node) -> str:
    return string.text().strip("'\"")


def _is_type(string: Node) -> bool:
    """Tell whether a string is the name of a type: in an annotation, in brackets, or in a call such as a cast."""
    if not _plain(string).isidentifier():
        return False
    around = string.parent()
    if around is None or around.kind() in {"type", "type_parameter"}:
        return around is not None
    if around.kind() == "subscript":
        # `Mapped["User"]`, and not `row["user"]`.
        return any(name[:1].isupper() for name in chain(around.field("value"))[-1:])
    call = around.parent() if around.kind() == "argument_list" else None
    return call is not None and _called(call) in _NAMING


def _called(call: Node) -> str:
    function = call.field("function")
    name = function.field("attribute") if function is not None and function.kind() == "attribute" else function
    return name.text() if name is not None else ""


def _leaves(root: Node, wanted: Sequence[int]) -> Iterator[Node]:
    """Give the outermost names, dotted names and strings on the wanted lines, in order.

    A call that has a wanted line is made by it, wherever its name stands.
    """
    pending = [root]
    while pending:
        node = pending.pop()
        kind = node.kind()
        place = lines_of(node)
        at = bisect_left(wanted, place.start)
        if at == len(wanted) or wanted[at] >= place.stop or kind in _NAMELESS:
            continue
        if kind in {"identifier", "string"} or (kind == "attribute" and chain(node)):
            if wanted[at] == place.start and (kind != "string" or node.find(kind="interpolation") is None):
                yield node
            if kind != "string":
                continue
        called = node.field("function") if kind == "call" else None
        if called is not None and chain(called) and lines_of(called).start != wanted[at]:
            yield called
        pending += reversed(_used(node, kind))


def _used(node: Node, kind: str) -> list[Node]:
    """Give the children of a node in which names are used, and not given."""
    if kind == "attribute":
        inner = node.field("object")
        return [inner] if inner is not None else []
    skipped = {"keyword_argument": "name", "function_definition": "name", "class_definition": "name"}.get(kind)
    if skipped:
        name = node.field(skipped)
        start = name.range().start.index if name is not None else -1
        return [child for child in node.children() if child.range().start.index != start]
    if kind in _TYPED:
        return _fields(node, "type", "value")
    return node.children()


def _fields(node: Node, *names: str) -> list[Node]:
    return [part for name in names if (part := node.field(name)) is not None]

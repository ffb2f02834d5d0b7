"""What a value comes from, inside one module: the source of each piece that it may be made of.

A value is followed through the names of its function and module, attributes of its own class, texts around it, choices,
encodings, and functions of the same module that return it. What other functions make of a value is not known, and is
told as the call alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from reviewbot.checks.values.carriers import CARRIES, DRESSES, SHOWN, SHOWS, named, returns, squeezed
from reviewbot.python.nodes import class_around

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

# So many names are followed, one from another; so many nodes are looked at for one value.
_MOST_STEPS, _MOST_NODES = 6, 400
_ROWS = frozenset(
    [
        "parenthesized_expression",
        "concatenated_string",
        "list",
        "tuple",
        "set",
        "expression_list",
        "await",
        "binary_operator",
        "interpolation",
        "list_splat",
        "dictionary_splat",
        "dictionary",
        "argument_list",
    ]
)
_LISTED = frozenset({"list_comprehension", "generator_expression", "set_comprehension"})
# Of these nothing can be read but yes and no.
_TESTS = frozenset({"not_operator", "comparison_operator"})
_TAKES = frozenset({"subscript", "named_expression", "keyword_argument", "pair"})


def shown(node: Node, flow: Flow) -> Iterator[str]:
    """Give the same for what can still be read in the value: nothing that is cut, hashed or measured.

    Args:
        node: The value.
        flow: The names of the text.
    """
    yield from _Sources(flow, SHOWS, SHOWN).of(node, _MOST_STEPS)


def sources(node: Node, flow: Flow) -> Iterator[str]:
    """Give the source, without white space, of everything that a value may come from, itself first.

    A parameter is told with its annotation and default: ``origin:str=Header(None)``.

    Args:
        node: The value.
        flow: The names of the text.
    """
    yield from _Sources(flow, CARRIES, DRESSES).of(node, _MOST_STEPS)


class _Sources:
    def __init__(self, flow: Flow, carries: re.Pattern[str], dresses: frozenset[str]) -> None:
        self._flow = flow
        self._carries, self._dresses = carries, dresses
        self._left = _MOST_NODES
        self._open: set[str] = set()

    def of(self, node: Node | None, steps: int) -> Iterator[str]:
        self._left -= 1
        if node is None or self._left < 0 or steps < 0:
            return
        kind = node.kind()
        if kind in _TESTS and self._carries is SHOWS:
            yield squeezed(node)
        elif kind in _ROWS or kind in _TESTS:
            for child in named(node):
                yield from self.of(child, steps)
        elif kind in _LISTED:
            yield from self.of(named(node)[0], steps)
        elif kind in {"conditional_expression", "boolean_operator"}:
            yield squeezed(node)
            for child in (named(node)[0], named(node)[-1]):
                yield from self.of(child, steps)
        else:
            yield squeezed(node)
            tell = self._kinds.get(kind)
            yield from tell(self, node, steps) if tell is not None else ()

    def _value(self, node: Node, steps: int) -> Iterator[str]:
        if node.kind() == "subscript" and self._carries is SHOWS:
            return
        if node.kind() == "subscript":
            yield from self.of(node.field("subscript"), steps)
        yield from self.of(node.field("value"), steps)

    def _string(self, node: Node, steps: int) -> Iterator[str]:
        for child in node.children():
            if child.kind() == "interpolation":
                yield from self.of(child.field("expression"), steps)

    def _call(self, node: Node, steps: int) -> Iterator[str]:
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None:
            return
        method = function.field("attribute")
        if method is not None and method.text() in self._dresses:
            yield from self.of(function.field("object"), steps)
        if method is not None and method.text() == "get":
            # The name of a header, and what there is without it.
            for argument in named(arguments):
                yield from self.of(argument, steps)
        if self._carries.search(squeezed(function)):
            for argument in named(arguments) if arguments.kind() == "argument_list" else [arguments]:
                yield from self.of(argument, steps)
        elif self._carries is not SHOWS:
            for returned in returns(node, squeezed(function), self._flow):
                yield from self.of(returned, steps - 1)

    def _attribute(self, node: Node, steps: int) -> Iterator[str]:
        """Follow `self.name` to what its own class gives it."""
        of, _, name = squeezed(node).partition(".")
        around = class_around(node)
        key = f"{of}.{name}"
        if of not in {"self", "cls"} or around is None or not name.isidentifier() or key in self._open:
            return
        self._open.add(key)
        for assignment in around.find_all(
            kind="assignment", has={"field": "left", "regex": rf"^((self|cls)\.)?{name}$"}
        ):
            yield from self.of(assignment.field("right"), steps - 1)
        self._open.discard(key)

    def _identifier(self, node: Node, steps: int) -> Iterator[str]:
        name = node.text()
        own, module = self._flow.around(node)
        known = own if own is not None and own.has(name) else module
        if name in self._open or not known.has(name):
            return
        self._open.add(name)
        for value in (*known.values.get(name, ()), *known.elements.get(name, ())):
            yield from self.of(value, steps - 1)
        for value in known.entries.get(name, ()) if self._carries is not SHOWS else ():
            yield from self.of(value, steps - 1)
        if name in known.parameters:
            yield squeezed(known.parameters[name])
        self._open.discard(name)

    _kinds: ClassVar[dict[str, Callable[[_Sources, Node, int], Iterator[str]]]] = {
        **dict.fromkeys(_TAKES, _value),
        "string": _string,
        "call": _call,
        "attribute": _attribute,
        "identifier": _identifier,
    }

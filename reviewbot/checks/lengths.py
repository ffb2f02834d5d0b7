"""Lengths that a value is divided by: what the length is of, and whether that may be empty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.asked import is_filled, is_tested, sources
from reviewbot.checks.beside import arguments, unwrapped
from reviewbot.checks.rows import COLLECTS, MOST_STEPS, Rows, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.checks.flow import Flow
    from reviewbot.syntax import Node

_COMPREHENSIONS = frozenset({"list_comprehension", "set_comprehension", "generator_expression"})
_NUMBERS = frozenset({"Decimal", "float", "int"})


def is_unasked_length(node: Node, flow: Flow) -> bool:
    """Tell whether a divisor is the length of something that may be empty, as far as its function shows."""
    for length in _lengths(node, flow, MOST_STEPS):
        of = _measured(length)
        if of is None:
            continue
        of = unwrapped(of)
        names = {of.text(), *sources(of, flow, MOST_STEPS), *([node.text()] if node.kind() == "identifier" else ())}
        if (
            _may_be_empty(of, flow)
            and not is_filled(length, of.text())
            and not is_tested(node, names, of.text(), "ZeroDivision|Arithmetic")
        ):
            return True
    return False


def _lengths(node: Node, flow: Flow, steps: int) -> Iterator[Node]:
    """Give the calls of `len` that a divisor is, through names and conversions to numbers."""
    node = unwrapped(node)
    if steps <= 0:
        return
    if node.kind() == "identifier":
        values = list(values_of(node, flow))
        if len(values) == 1:
            yield from _lengths(values[0], flow, steps - 1)
    elif node.kind() == "call":
        function, given = node.field("function"), arguments(node)
        name = function.text().rpartition(".")[2] if function is not None else ""
        if name == "len" and given:
            yield node
        elif name in _NUMBERS and len(given) == 1:
            yield from _lengths(given[0], flow, steps - 1)


def _measured(length: Node) -> Node | None:
    """Give what the length of is taken; a collection made of another is as empty as that one."""
    given = arguments(length)
    while given and given[0].kind() == "call":
        function = given[0].field("function")
        if function is None or function.text() not in {*COLLECTS, "set", "frozenset"} or not arguments(given[0]):
            break
        given = arguments(given[0])
    return given[0] if given else None


def _may_be_empty(node: Node, flow: Flow) -> bool:
    """Tell whether something is a collection that may be empty: no constant, no list that is written out."""
    if node.kind() in _COMPREHENSIONS:
        return True
    if node.kind() == "subscript":
        key = node.field("subscript")
        return key is not None and key.kind() == "string"
    if node.kind() == "call":
        return Rows(flow).loaded(node, MOST_STEPS) is not None
    if not re.match(r"^[a-z_][A-Za-z0-9_.]*$", node.text()) or re.search(r"\.[A-Z][A-Z0-9_]*$", node.text()):
        return False
    return not any(_is_written_out(value) for value in _all_values(node, flow))


def _all_values(node: Node, flow: Flow) -> Iterable[Node]:
    names, module = flow.around(node)
    own = names.values.get(node.text(), ()) if names is not None else ()
    return own or module.values.get(node.text(), ())


def _is_written_out(value: Node) -> bool:
    """Tell whether a value is a collection of which at least one member is written there, or text that was split."""
    if value.kind() in {"list", "tuple", "set", "dictionary"}:
        members = [one for one in value.children() if one.is_named() and one.kind() != "comment"]
        return any(one.kind() not in {"list_splat", "dictionary_splat"} for one in members)
    function = value.field("function") if value.kind() == "call" else None
    return function is not None and function.text().endswith(".split") and bool(arguments(value))

"""Lengths that a value is divided by: what the length is of, and whether that may be empty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.values.guards import is_filled, is_tested, sources
from reviewbot.checks.values.rows import COLLECTS, MOST_STEPS, Rows, values_of
from reviewbot.checks.values.surroundings import arguments, outermost, statements_beside, unwrapped
from reviewbot.python.nodes import class_around

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

_COMPREHENSIONS = frozenset({"list_comprehension", "set_comprehension", "generator_expression"})
# Constants and what the configuration says.
_FIXED = re.compile(r"\.[A-Z][A-Z0-9_]*$|(^|[._])(settings|config|cfg|conf)\.")
# What gives no empty group.
_GROUPS = re.compile(r"\b(defaultdict|groupby|chunked|batched|grouper|chunks_of)\(")
_SPACE = re.compile(r"\s+")
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
        function, inner = given[0].field("function"), arguments(given[0])
        of, method = (function.field("object"), function.field("attribute")) if function is not None else (None, None)
        if of is not None and method is not None and method.text() in {"values", "keys", "items"} and not inner:
            given = [of]
        elif function is not None and function.text() in {*COLLECTS, "set", "frozenset"} and inner:
            given = inner
        else:
            break
    return given[0] if given else None


def _may_be_empty(node: Node, flow: Flow) -> bool:
    """Tell whether something is a collection that may be empty: no constant, no list that is written out."""
    if node.kind() in _COMPREHENSIONS:
        return True
    if node.kind() == "subscript":
        key = node.field("subscript")
        return key is not None and key.kind() == "string"
    if node.kind() == "call":
        return _may_give_nothing(node, flow)
    is_name = re.match(r"^[a-z_][A-Za-z0-9_.]*$", node.text()) and not _FIXED.search(node.text())
    if not is_name or _is_ruled_out(node) or _is_group(node, flow):
        return False
    return not any(_is_written_out(value) or _is_bounded(value, flow) for value in _all_values(node, flow))


def _may_give_nothing(call: Node, flow: Flow) -> bool:
    """Tell whether a call is one that is known to give an empty collection: a query, `data.get("scores", [])`."""
    function, given = call.field("function"), arguments(call)
    method = function.field("attribute") if function is not None else None
    if method is not None and method.text() == "get":
        return bool(given) and given[0].kind() == "string"
    if method is not None and method.text() == "split":
        # Without a separator, a text may have no words.
        return not given
    return Rows(flow, some=True).loaded(call, MOST_STEPS) is not None


def _is_group(node: Node, flow: Flow) -> bool:
    """Tell whether a name loops over groups or chunks, which are made when there is a first member."""
    names, _ = flow.around(node)
    for over in names.elements.get(node.text(), ()) if names is not None else ():
        if _GROUPS.search(over.text()):
            return True
        groups = over.text().partition(".")[0]
        made = names.values.get(groups, ()) if names is not None else ()
        function = outermost(node)
        fills = function is not None and f"{groups}.setdefault(" in function.text()
        if fills or any(_GROUPS.search(value.text()) for value in made):
            return True
    return False


def _is_ruled_out(node: Node) -> bool:
    """Tell whether a declaration wants at least one member, or the class asks where it is made."""
    last = re.escape(node.text().rpartition(".")[2])
    wanted = re.compile(rf"\b{last}\s*:[^\n]*(min_length|min_items|conlist|MinLen|Len\(|NonEmpty)")
    if any(wanted.search(statement.text()) for statement in statements_beside(node)):
        return True
    owner = class_around(node)
    if owner is None or not node.text().startswith("self."):
        return False
    asks = re.compile(rf"^[ \t]*+(if|assert)\b[^\n]*\b{last}\b", re.MULTILINE)
    constructors = (
        function
        for function in owner.find_all(kind="function_definition")
        if re.match(r"def __(init|post_init|new)__", function.text())
    )
    bare = re.compile(rf"^[ \t]*+(if|assert)\b[^\n]*\b{last.lstrip('_')}\b", re.MULTILINE)
    return any(asks.search(function.text()) or bare.search(function.text()) for function in constructors)


def _all_values(node: Node, flow: Flow) -> Iterable[Node]:
    names, module = flow.around(node)
    own = names.values.get(node.text(), ()) if names is not None else ()
    return own or module.values.get(node.text(), ())


def _is_bounded(value: Node, flow: Flow) -> bool:
    """Tell whether a value is a slice that ends behind its start: `xs[lo:hi]`, where `hi` is `max(lo + 1, …)`."""
    bounds = re.fullmatch(r"\w+\[(\w+):(\w+)\]", _SPACE.sub("", value.text()))
    names, _ = flow.around(value)
    ends = names.values.get(bounds[2], ()) if bounds is not None and names is not None else ()
    return any(bounds is not None and re.match(rf"max\({bounds[1]}\+[1-9]", _SPACE.sub("", end.text())) for end in ends)


def _is_written_out(value: Node) -> bool:
    """Tell whether a value is a collection of which at least one member is written there, or text that was split."""
    if value.kind() in {"list", "tuple", "set", "dictionary"}:
        members = [child for child in value.children() if child.is_named() and child.kind() != "comment"]
        return any(member.kind() not in {"list_splat", "dictionary_splat"} for member in members)
    if value.kind() == "list_comprehension":
        return bool(re.search(r"\bin range\(\d+(, *\d+)?\)\]$", value.text()))
    function = value.field("function") if value.kind() == "call" else None
    return function is not None and function.text().endswith(".split") and bool(arguments(value))

"""Whether a function asks if something is empty before it relies on there being something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.values.surroundings import is_around, outermost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

_ASKING = {
    "any": [
        {"kind": kind}
        for kind in (
            "if_statement",
            "elif_clause",
            "while_statement",
            "conditional_expression",
            "assert_statement",
            "boolean_operator",
            "if_clause",
            "match_statement",
            "call",
        )
    ]
}
_COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
# `_require(rows)`, `raise_if_empty(rows)`: a function that is there to complain.
_COMPLAINS = re.compile(
    r"(?i)(^|[._])(require|ensure|check|assert|validate|verify|expect|raise|must|guard|abort)[a-z_]*$"
)


# `if query.count() == 0`: whatever else is counted there, somebody thought of it.
_COUNTED = re.compile(r"\.(count|exists|rowcount)\b|\bexists\(")


def is_tested(use: Node, names: Collection[str], text: str, errors: str) -> bool:
    """Tell whether anything before the use of a collection tells whether there is something in it.

    Args:
        use: The place that relies on it.
        names: Its names, and those of what it is made from.
        text: How it is written where it is used.
        errors: Regular expression for the beginnings of the errors that are raised where it is empty.
    """
    if _is_caught(use, errors) or _is_looped_over(use, {*names, text}):
        return True
    function = outermost(use)
    if function is None:
        return False
    wanted = {*names, text}
    wanted |= set(_derived(function, wanted))
    mention = re.compile(r"|".join(rf"(?<![\w.\"']){re.escape(name)}(?![\w\[\"'])" for name in sorted(wanted)))
    start, end = use.range().start.index, use.range().end.index
    for node in function.find_all({"rule": _ASKING}):  # type: ignore[call-overload]  # its stub wants a TypedDict
        is_clause = node.kind() == "if_clause" and is_around(node.parent(), use)
        if node.range().start.index > start and not is_clause:
            continue
        for part in _questions(node):
            inside = part.range().start.index <= start and end <= part.range().end.index
            if not inside and (mention.search(part.text()) or _COUNTED.search(part.text())):
                return True
    return False


def is_filled(use: Node, name: str) -> bool:
    """Tell whether something is put into a collection on each way to its use: `xs.append(x)` before it in its block."""
    fills = re.compile(rf"^{re.escape(name)}(\.(append|add|insert|appendleft)\(|\[[^\]]*\]\s*=[^=])")
    for place in [use, *use.ancestors()]:
        if place.kind() == "function_definition":
            return False
        if place.kind().endswith("statement") and any(fills.match(sibling.text()) for sibling in place.prev_all()):
            return True
    return False


def sources(node: Node, flow: Flow, steps: int) -> Iterator[str]:
    """Give the names of what a collection is made from one by one, so that it is empty where they are."""
    names, _ = flow.around(node)
    values = [node] if node.kind() != "identifier" else names.values.get(node.text(), ()) if names is not None else ()
    for value in values if steps > 0 else ():
        if value.kind() in _COMPREHENSIONS and any(child.kind() == "if_clause" for child in value.children()):
            continue
        for part in value.find_all(kind="identifier"):
            if part.text() != node.text():
                yield part.text()


def _questions(node: Node) -> Iterator[Node]:
    """Give the parts of a statement or expression that ask."""
    kind = node.kind()
    named = [child for child in node.children() if child.is_named()]
    if kind in {"if_statement", "elif_clause", "while_statement"}:
        condition = node.field("condition")
        if condition is not None:
            yield condition
    elif kind == "conditional_expression":
        yield from named[1:2]
    elif kind == "boolean_operator":
        yield from named[:1]
    elif kind == "match_statement":
        subject = node.field("subject")
        if subject is not None:
            yield subject
    elif kind == "call":
        function, arguments = node.field("function"), node.field("arguments")
        if function is not None and arguments is not None and _COMPLAINS.search("".join(function.text().split())):
            yield arguments
    else:
        yield node


def _derived(function: Node, names: Collection[str]) -> Iterator[str]:
    """Give the names for what is known of a collection: `n = len(xs)`, `found = bool(xs)`."""
    alternatives = "|".join(re.escape(name) for name in sorted(names))
    known = re.compile(
        rf"^(len|bool|any|sum)\(\s*({alternatives})\s*\)$|^not\s+({alternatives})$"
        rf"|^(await\s+)?({alternatives})\.(count\(\)|rowcount|exists\(\))$"
    )
    for node in function.find_all(kind="assignment"):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None and left.kind() == "identifier" and known.match(right.text()):
            yield left.text()


def _is_caught(use: Node, errors: str) -> bool:
    """Tell whether the error is dealt with around the use."""
    caught = re.compile(rf"^except\s*+(:|\(?.*\b(({errors})Error|Exception)\b)")
    for place in use.ancestors():
        if place.kind() == "function_definition":
            return False
        if place.kind() == "with_statement" and re.match(rf"with\s[^:]*\bsuppress\([^)]*({errors})Error", place.text()):
            return True
        if place.kind() == "try_statement":
            body = place.field("body")
            if body is not None and is_around(body, use):
                handlers = [child for child in place.children() if child.kind() == "except_clause"]
                if any(caught.match(handler.text()) and _answers(handler) for handler in handlers):
                    return True
    return False


def _answers(handler: Node) -> bool:
    """Tell whether a handler that catches everything goes on with something, and does not just complain."""
    head = handler.text().partition("\n")[0]
    return not re.match(r"^except\s*+(:|\(?\s*+Exception\b)", head) or "raise" not in handler.text()


def _is_looped_over(use: Node, names: Collection[str]) -> bool:
    """Tell whether the use stands in a loop over the collection, which has at least one turn there."""
    mention = re.compile(r"|".join(rf"(?<![\w.]){re.escape(name)}(?![\w\[])" for name in sorted(names)))
    for place in use.ancestors():
        if place.kind() == "function_definition":
            return False
        turns = [place] if place.kind() == "for_statement" else []
        if place.kind() in _COMPREHENSIONS:
            turns = [child for child in place.children() if child.kind() == "for_in_clause"]
        for turn in turns:
            over = turn.field("right")
            if over is not None and not is_around(over, use) and mention.search(over.text()):
                return True
    return False

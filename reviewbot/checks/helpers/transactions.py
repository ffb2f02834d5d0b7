"""Which statements of a migration run outside of its transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.python.syntax import Node

_OUTSIDE = re.compile(r"(?i)autocommit")
_ENTERED = re.compile(r"enter_context\([^\n]*(?i:autocommit)")
_COMMITS = re.compile(
    r"""(?i)\.commit\(|execute\(\s*(?:\w+\.)?(?:text\(\s*)?["']+\s*commit\b|autocommit\s*=\s*True|isolation_level\(\s*0"""
)
_NAME = re.compile(r"[A-Za-z_]\w*")
# So far is a connection followed back to what made it: `connection`, its engine, the engine's options.
_MOST_HOPS = 4


def ends_transaction(text: str) -> bool:
    """Tell whether a text of Python ends the transaction by hand, as was usual before ``autocommit_block``."""
    return _COMMITS.search(text) is not None


def is_outside(node: Node) -> bool:
    """Tell whether a call stands in an ``autocommit_block``, or goes through a connection in AUTOCOMMIT."""
    for outer in node.ancestors():
        if outer.kind() == "with_statement" and _opens(outer, node):
            return True
    called = node.field("function")
    return called is not None and _made_outside(called.text(), node, _MOST_HOPS)


def _opens(outer: Node, node: Node) -> bool:
    """Tell whether a `with` leaves the transaction: by itself, or by a context manager of the same file."""
    items = " ".join(child.text() for child in outer.children() if child.kind() == "with_clause")
    start = node.range().start.index - outer.range().start.index
    if _OUTSIDE.search(items) or _ENTERED.search(outer.text()[:start]):
        return True
    called = re.match(r"\s*(\w+)\(", items)
    return called is not None and any(
        definition.kind() == "function_definition" and _OUTSIDE.search(definition.text())
        for definition in _root(node).find_all(kind="function_definition", regex=rf"^def {called[1]}\(")
    )


def _made_outside(expression: str, node: Node, hops: int) -> bool:
    """Tell whether what an expression begins with was told to be in AUTOCOMMIT where it was made, or later."""
    if _OUTSIDE.search(expression):
        return True
    name = _NAME.match(expression)
    if name is None or hops == 0 or name[0] in {"op", "sa", "context"}:
        return False
    text = _root(node).text()[: node.range().start.index]
    if re.search(rf"\b{name[0]}\.execution_options\([^)]{{,500}}AUTOCOMMIT", text):
        return True
    made = re.findall(
        rf"\b{name[0]}(?:\s{{,99}}:[^=\n]{{1,300}})?\s{{,99}}=\s*+(?!=)([^\n]+(?:\n[ \t]+[^\n]*){{0,3}})", text
    )
    made += re.findall(rf"\bwith\s++([^\n]{{1,120}}?)\s{{1,20}}as\s++{name[0]}\b", text)
    return any(
        _made_outside(origin.lstrip("( "), node, hops - 1) for origin in made if not origin.startswith(f"{name[0]}(")
    )


def _root(node: Node) -> Node:
    return node.get_root().root()

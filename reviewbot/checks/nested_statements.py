"""How much of a function stands in functions that are defined in it: it does none of that itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.python.syntax import Source

# As ruff counts: no `return`, each condition, the definition itself.
_COUNTED = (
    *("expression", "if", "for", "while", "with", "try", "match", "raise", "assert", "delete", "pass", "break"),
    *("continue", "global", "nonlocal", "import", "import_from"),
)
_KINDS = [*(f"{name}_statement" for name in _COUNTED), "elif_clause", "function_definition", "class_definition"]


def nested_statements(source: Source, line: int) -> int:
    """Give the number of statements in the functions that the one at a line (1-based) defines, these included."""
    for function in source.root.find_all(kind="function_definition"):
        body = function.field("body") if function.range().start.line + 1 == line else None
        if body is not None:
            inner = [node.range() for node in body.find_all(kind="function_definition")]
            places = (node.range().start.index for node in body.find_all(any=[{"kind": kind} for kind in _KINDS]))
            return sum(any(one.start.index <= at < one.end.index for one in inner) for at in places)
    return 0

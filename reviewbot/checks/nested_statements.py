"""How much of a function stands in functions that are defined in it: it does none of that itself."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.python.syntax import Source

# As ruff counts: no `return`, each condition, the definition itself.
_COUNTED = (
    *("expression", "if", "for", "while", "with", "try", "match", "raise", "assert", "delete", "pass", "break"),
    *("continue", "global", "nonlocal", "import", "import_from"),
)
_KINDS = [*(f"{name}_statement" for name in _COUNTED), "elif_clause", "function_definition", "class_definition"]


def nested_statements(source: Source, line: int) -> int:
    """Give the number of statements in the functions that the one at a line (1-based) defines, these included."""
    return _nested(source).get(line, 0)


@lru_cache(maxsize=1)
def _nested(source: Source) -> Mapping[int, int]:
    """Give for the line of each function how many statements are nested in it, in one walk over all of them."""
    nested: dict[int, int] = {}
    around: list[tuple[int, int]] = []  # of each open function: where it ends, and its line
    for node in source.root.find_all(any=[{"kind": kind} for kind in _KINDS]):
        place = node.range()
        while around and around[-1][0] <= place.start.index:
            around.pop()
        is_function = node.kind() == "function_definition"
        # What stands in a function stands nested in all those around that one; it itself, in those around it.
        for _, line in around if is_function else around[:-1]:
            nested[line] = nested.get(line, 0) + 1
        if is_function:
            around.append((place.end.index, place.start.line + 1))
    return nested

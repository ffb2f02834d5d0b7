"""Which names a function has vetted before it uses them: by a pattern, or by a function that is there for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.syntax import Node

# `_valid_sql_name(table)`, `ensure_column(field)`, `re.fullmatch(NAME, table)`: whether it is one of few, or a word.
_VETS = re.compile(
    r"(?i)(^|[._])(is_)?(valid|validated?|safe|allowed|permitted|known|check|ensure|assert|verify|require)"
    r"_(\w{1,40}_)?(sql|identifiers?|ident|names?|columns?|tables?|fields?|schemas?|sort|order|sort_by|order_by)(_\w{1,40})?$"
    r"|^re\.(full)?match$|(^|\.)_*[A-Z][A-Z0-9_]*\.(full)?match$"
)
_WITHIN = frozenset({"boolean_operator", "parenthesized_expression", "comparison_operator", "await", "not_operator"})
_REFUSES = re.compile(r"\b(raise|return|continue|abort)\b")


def vetted(call: Node) -> Iterator[str]:
    """Give the names that a call vets, where the function goes another way for those that fail.

    Args:
        call: Any call.
    """
    function, arguments = call.field("function"), call.field("arguments")
    if function is None or arguments is None or not _VETS.search(function.text()) or not _decides(call):
        return
    yield from (given.text() for given in arguments.children() if given.kind() == "identifier")


def _decides(call: Node) -> bool:
    """Tell whether what the call says is heeded: it is asked in a condition, or raises by itself."""
    refused = False
    for around in call.ancestors():
        kind = around.kind()
        if kind in _WITHIN:
            refused = refused or kind == "not_operator" or around.text().endswith("is None")
        elif kind in {"if_statement", "elif_clause"}:
            then = around.field("consequence")
            return not refused or (then is not None and _REFUSES.search(then.text()) is not None)
        else:
            return kind in {"expression_statement", "assert_statement", "if_clause", "conditional_expression"}
    return False

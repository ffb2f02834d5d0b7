"""Which branches of a migration are for another database than PostgreSQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.python.syntax import Node

_IS_OTHER = re.compile(r"""(?:==|\bin)\s*+[(\[{]?\s*+["'](?:mysql|mariadb|sqlite|mssql|oracle)|!=\s*["']postgres""")
_IS_POSTGRES = re.compile(r"""==\s*["']postgres""")


def is_for_another(node: Node) -> bool:
    """Tell whether a node stands where the migration has seen that the database is not PostgreSQL."""
    inner = node
    for outer in node.ancestors():
        condition = outer.field("condition") if outer.kind() in {"if_statement", "elif_clause"} else None
        if condition is not None and inner.kind() in {"block", "else_clause", "elif_clause"}:
            seen = _IS_OTHER if inner.kind() == "block" else _IS_POSTGRES
            if seen.search(condition.text()):
                return True
        inner = outer
    return False

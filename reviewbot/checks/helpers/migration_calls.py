"""What the calls of a migration are given: the table they are about, their arguments, plain values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.python.syntax import Node

# Which argument of an operation is its table; of the others it is the first.
_TABLE_AT = {
    **dict.fromkeys(("create_index", "create_foreign_key", "create_check_constraint", "create_unique_constraint"), 1),
    **dict.fromkeys(("create_primary_key", "create_exclude_constraint", "drop_index", "drop_constraint"), 1),
}
_BATCH = "batch_alter_table"
_TABLE_KEYWORDS = ("table_name", "source_table", "source")


def table_of(name: str, node: Node) -> Node | None:
    """Give what names the table of a call of an operation, or None."""
    named = dict(keywords_of(node))
    for keyword in _TABLE_KEYWORDS:
        if keyword in named:
            return named[keyword]
    at = _TABLE_AT.get(name, 0)
    positional = [argument for argument in arguments_of(node) if argument.kind() != "keyword_argument"]
    return positional[at] if len(positional) > at and name != "execute" else None


def batched(node: Node, alias: str) -> Node | None:
    """Give the table of the `with op.batch_altertable_of("table") as alias:` around a call, or None."""
    for outer in node.ancestors():
        if outer.kind() == "with_statement" and re.search(rf"\bas\s+{alias}\b", outer.text()):
            batch = next(
                (
                    candidate
                    for candidate in map(call, outer.find_all(kind="call"))
                    if candidate and candidate.name == _BATCH
                ),
                None,
            )
            if batch is not None:
                return batch.argument(0, "table_name")
    return None


def arguments_of(node: Node) -> Iterable[Node]:
    """Give the arguments of a call, those with a keyword too."""
    arguments = node.field("arguments")
    return [child for child in arguments.children() if child.is_named()] if arguments is not None else []


def keywords_of(called: Node) -> Iterator[tuple[str, Node]]:
    """Give keyword and value of each keyword argument of a call."""
    for node in arguments_of(called):
        name, value = node.field("name"), node.field("value")
        if node.kind() == "keyword_argument" and name is not None and value is not None:
            yield name.text(), value


def plain(node: Node) -> str:
    """Give a plain string's value (`op.f("name")` too), or the source of anything else."""
    text = node.text()
    match = re.fullmatch(r"""(?:\w+\.f\(\s*)?(["'])([^"'\n]*)\1(?:\s*\))?""", text)
    return match[2] if match else text

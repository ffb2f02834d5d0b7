"""The SQL that a call executes: written there, in a constant, on the line before, or put together of these."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.checks.helpers.literals import assigned, values
from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.python.syntax import Node

# So many texts one call may stand for: it is in a loop over tables.
_MOST_TEXTS = 16
_MOST_HOPS = 6
# What gives the text it is given, as far as the database is concerned.
_WRAPS = frozenset({"text", "DDL", "dedent", "cleandoc", "literal_column", "SQL"})
_CHAINED = frozenset({"bindparams", "columns", "strip", "execution_options", "lstrip", "rstrip"})


class SqlTexts(NamedTuple):
    """What a call executes.

    Attributes:
        texts: The SQL; several where the call stands in a loop over what can be read.
        known: Whether every word of it is known.
        is_text: Whether it is SQL, and not the strings of an expression of SQLAlchemy's.
    """

    texts: tuple[str, ...]
    known: bool
    is_text: bool = True


def executed(node: Node) -> SqlTexts:
    """Give the SQL of a call of ``execute``; no texts where it has none."""
    made = call(node)
    first = made.argument(0, "statement") or made.argument(0, "sqltext") if made is not None else None
    sql = _texts(first, _MOST_HOPS) if first is not None else None
    if sql is None or not any(sql.texts):
        # An expression of SQLAlchemy's: its strings are all that can be had.
        pieces = [piece.text() for piece in node.find_all(kind="string_content")]
        return SqlTexts((" ".join(pieces),), node.find(kind="interpolation") is None, is_text=False)
    return sql


def _texts(node: Node, hops: int) -> SqlTexts | None:
    """Give what an expression stands for; None where it is no text."""
    kind = node.kind()
    parts = [child for child in node.children() if child.is_named() and child.kind() != "comment"]
    sql: SqlTexts | None = None
    if hops == 0:
        return sql
    if kind == "string":
        sql = _joined([_piece(part) for part in parts if part.kind() in {"string_content", "interpolation"}])
    elif kind in {"concatenated_string", "parenthesized_expression", "binary_operator"}:
        pieces = [_texts(part, hops - 1) for part in parts]
        sql = _joined([piece or SqlTexts(("",), known=False) for piece in pieces]) if any(pieces) else None
    elif kind == "call":
        sql = _called(node, hops)
    elif kind in {"identifier", "subscript"}:
        sql = _several(
            [alternative for value in assigned(node) if (alternative := _texts(value, hops - 1)) is not None]
        )
    return sql


def _called(node: Node, hops: int) -> SqlTexts | None:
    made, function = call(node), node.field("function")
    inner = function.field("object") if function is not None and function.kind() == "attribute" else None
    if made is None:
        return None
    if made.name in _WRAPS and made.positional:
        return _texts(made.positional[0], hops - 1)
    if inner is not None and made.name in {*_CHAINED, "format"}:
        sql = _texts(inner, hops - 1)
        return sql._replace(known=False) if sql is not None and made.name == "format" else sql
    return None


def _piece(node: Node) -> SqlTexts:
    if node.kind() == "string_content":
        return SqlTexts((node.text(),), known=True)
    inner = next((child for child in node.children() if child.is_named()), None)
    alternatives = values(inner)
    return SqlTexts(alternatives or ("",), known=bool(alternatives))


def _joined(parts: Sequence[SqlTexts]) -> SqlTexts:
    texts = [
        "".join(pieces) for pieces, _ in zip(product(*(part.texts for part in parts)), range(_MOST_TEXTS), strict=False)
    ]
    return SqlTexts(tuple(texts), all(part.known for part in parts))


def _several(alternatives: Sequence[SqlTexts]) -> SqlTexts | None:
    texts = tuple(text for alternative in alternatives for text in alternative.texts)[:_MOST_TEXTS]
    return SqlTexts(texts, all(alternative.known for alternative in alternatives)) if texts else None

"""The SQL that a call executes: written there, in a constant, on the line before, or put together of these."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.checks.helpers.literals import assigned, values
from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.python.syntax import Node

# So many texts one call may stand for: it is in a loop over tables.
_MOST_TEXTS = 16
_MOST_HOPS = 6
# What gives the text it is given, as far as the database is concerned.
_WRAPS = frozenset({"text", "DDL", "dedent", "cleandoc", "literal_column", "SQL"})
_CHAINED = frozenset({"bindparams", "columns", "strip", "execution_options", "lstrip", "rstrip"})


class Said(NamedTuple):
    """What a call executes.

    Attributes:
        texts: The SQL; several where the call stands in a loop over what can be read.
        known: Whether every word of it is known.
        is_text: Whether it is SQL, and not the strings of an expression of SQLAlchemy's.
    """

    texts: tuple[str, ...]
    known: bool
    is_text: bool = True


def executed(node: Node) -> Said:
    """Give the SQL of a call of ``execute``; no texts where it has none."""
    made = call(node)
    first = made.argument(0, "statement") or made.argument(0, "sqltext") if made is not None else None
    found = _texts(first, _MOST_HOPS) if first is not None else None
    if found is None or not any(found.texts):
        # An expression of SQLAlchemy's: its strings are all that can be had.
        pieces = [piece.text() for piece in node.find_all(kind="string_content")]
        return Said((" ".join(pieces),), node.find(kind="interpolation") is None, is_text=False)
    return found


def _texts(node: Node, hops: int) -> Said | None:
    """Give what an expression stands for; None where it is no text."""
    kind = node.kind()
    parts = [child for child in node.children() if child.is_named() and child.kind() != "comment"]
    found: Said | None = None
    if hops == 0:
        return found
    if kind == "string":
        found = _joined([_piece(one) for one in parts if one.kind() in {"string_content", "interpolation"}])
    elif kind in {"concatenated_string", "parenthesized_expression", "binary_operator"}:
        each = [_texts(part, hops - 1) for part in parts]
        found = _joined([one or Said(("",), known=False) for one in each]) if any(each) else None
    elif kind == "call":
        found = _called(node, hops)
    elif kind in {"identifier", "subscript"}:
        found = _several([one for value in assigned(node) if (one := _texts(value, hops - 1)) is not None])
    return found


def _called(node: Node, hops: int) -> Said | None:
    made, function = call(node), node.field("function")
    inner = function.field("object") if function is not None and function.kind() == "attribute" else None
    if made is None:
        return None
    if made.name in _WRAPS and made.positional:
        return _texts(made.positional[0], hops - 1)
    if inner is not None and made.name in {*_CHAINED, "format"}:
        found = _texts(inner, hops - 1)
        return found._replace(known=False) if found is not None and made.name == "format" else found
    return None


def _piece(node: Node) -> Said:
    if node.kind() == "string_content":
        return Said((node.text(),), known=True)
    inner = next((child for child in node.children() if child.is_named()), None)
    found = values(inner)
    return Said(found or ("",), known=bool(found))


def _joined(parts: Sequence[Said]) -> Said:
    texts = [
        "".join(pieces) for pieces, _ in zip(product(*(part.texts for part in parts)), range(_MOST_TEXTS), strict=False)
    ]
    return Said(tuple(texts), all(part.known for part in parts))


def _several(found: Iterable[Said]) -> Said | None:
    each = tuple(found)
    texts = tuple(text for one in each for text in one.texts)[:_MOST_TEXTS]
    return Said(texts, all(one.known for one in each)) if texts else None

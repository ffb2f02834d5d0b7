"""Long Markdown in pages: what is open at the end of one is closed there and opened again on the next."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from reviewbot.output.markdown import leaves, writer
from reviewbot.output.markdown.tree import (
    Break,
    Code,
    Fence,
    Fold,
    Heading,
    Item,
    Link,
    Listing,
    Paragraph,
    Quote,
    Row,
    Styled,
    Table,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reviewbot.output.markdown.tree import Block

# GitHub takes 65,536 characters in a comment.
LIMIT = 65_536
# Where less is left of a page, nothing is torn apart to fill it.
_LEAST = 200
_TORN_EARLY = (Fold, Listing, Table, Quote)
_PARTS = {
    Fold: "blocks",
    Quote: "blocks",
    Item: "blocks",
    Listing: "items",
    Table: "rows",
    Paragraph: "parts",
    Heading: "parts",
    Styled: "parts",
    Link: "parts",
}


def size(text: str) -> int:
    """Give the length as the strictest counting has it: in UTF-16 units."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def split(blocks: Iterable[Block], limit: int) -> list[str]:
    """Give the blocks as Markdown, in pages of at most ``limit`` characters.

    Args:
        blocks: What to write.
        limit: At least some thousands, since a span of code is never torn.
    """
    rest: tuple[Any, ...] = tuple(blocks)
    pages: list[str] = []
    while rest:
        page, rest = _filled(rest, limit, whole_page=True)
        pages.append(writer.write(*page))
    return pages or [""]


def _filled(
    nodes: tuple[Any, ...], room: int, margin: int = 0, *, whole_page: bool = False
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Give the first nodes, as many as there is room for, and the others; on an empty page that is something.

    Args:
        nodes: What there is.
        room: How many characters it may take.
        margin: How many each of its lines takes besides, for the lists and quotes around it.
        whole_page: Whether the page is empty.
    """
    for at, node in enumerate(nodes):
        used = _size(node, room, margin)
        if used <= room:
            room -= used
            continue
        must = whole_page and not at
        head, tail = _torn(node, room, margin, must=must) if must or room >= _LEAST else (None, node)
        return (*nodes[:at], *([head] if head else [])), (*([tail] if tail else []), *nodes[at + 1 :])
    return nodes, ()


def _torn(node: Any, room: int, margin: int, *, must: bool) -> tuple[Any, Any]:
    """Give the part of a node for which there is room, and the part for which there is none; each may be None."""
    if not must and not isinstance(node, _TORN_EARLY):
        return None, node
    if must and isinstance(node, Fold | Table):
        node = _framed(node, room)
        if _size(node, room, margin) <= room:
            return node, None
    halves: tuple[Any, Any] = (node, None)
    match node:
        case str():
            end = _fitting(node, str, room)
            halves = node[:end], node[end:]
        case Text(text):
            end = _fitting(text, Text, room)
            halves = Text(text[:end]), Text(text[end:])
        case Fence(text, language):
            around = size(language) + 2 * len(leaves.fence(leaves.in_block(text))) + 4
            taken, left = _filled(tuple(text.split("\n")), room - around - 2 * margin, margin, whole_page=True)
            halves = Fence("\n".join(taken), language), Fence("\n".join(left), language) if left else None
        case Row(cells):
            # A row that is longer than a page says less.
            shorter = (_filled(cell, room // (2 * len(cells)), whole_page=True)[0] for cell in cells)
            halves = Row(tuple(shorter)), None
        case _ if type(node) in _PARTS:
            halves = _torn_within(node, _PARTS[type(node)], room, margin, must=must)
    return halves


def _framed(node: Any, room: int) -> Any:
    """Give a node whose title or head leaves room for what it is over: one that is longer than a page says less."""
    match node:
        case Fold(title) if _size(Fold(title, ()), room) > room // 2:
            # In HTML a character may take five times as many.
            return replace(node, title=_filled(title, room // 16, whole_page=True)[0])
        case Table(head) if _size(head, room) > room // 2:
            return replace(node, head=_torn(head, room // 4, 0, must=True)[0])
    return node


def _torn_within(node: Any, name: str, room: int, margin: int, *, must: bool) -> tuple[Any, Any]:
    parts = getattr(node, name)
    left_over = room - _size(replace(node, **{name: ()}), room, margin)
    # What is nested so deeply that a page has room for little else goes on all the same, in pages that are longer.
    left_over = max(left_over, _LEAST) if must else left_over
    taken, left = _filled(parts, left_over, margin + _margin(node), whole_page=must)
    if not taken:
        # What has nothing in it that could be left for another page is as long as it is.
        return (node, None) if must and not parts else (None, node)
    rest = replace(node, **{name: left})
    if isinstance(rest, Listing) and rest.first is not None:
        rest = replace(rest, first=rest.first + len(parts) - len(left))
    return replace(node, **{name: taken}), rest if left else None


def _fitting(text: str, kind: Callable[[str], Any], room: int) -> int:
    """Give how many characters of a text there is room for; one at the least, since a page must go on."""
    end = max(1, min(len(text), room))
    while end > 1 and _size(kind(text[:end]), room) > room:
        end //= 2
    return end


def _margin(node: Any) -> int:
    """Give what stands before each line within a node: a marker, or as many blanks; or the mark of a quote."""
    match node:
        case Listing(items, first):
            return len("- " if first is None else f"{first + len(items)}. ")
        case Quote():
            return len("> ")
    return 0


def _size(node: Any, most: int, margin: int = 0) -> int:
    """Give how much a node takes of a page, its margin included; more than ``most`` is not measured."""
    total = 0
    for line in _lines(node):
        total += size(line) + 1 + margin
        if total > most:
            break
    return total


def _lines(node: Any) -> Iterator[str]:
    match node:
        case str():
            return iter([leaves.in_block(node)])
        case Row():
            return iter([writer.row(node)])
        case Text() | Code() | Break() | Styled() | Link():
            return iter([writer.inline(node)])
        case _:
            return chain([""], writer.lines(node))

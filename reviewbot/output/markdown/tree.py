"""Markdown as a tree: text from outside stands in its leaves, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# A span of code in a line of text: as many backticks as begin it end it.
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text: whatever stands in it is shown as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Code within a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new line within a paragraph."""


@dataclass(frozen=True, slots=True)
class Styled:
    """A part of a line that looks different.

    Attributes:
        style: ``strong``, ``emphasis``, ``struck`` or ``small``.
        parts: What stands in it.
    """

    style: str
    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an address of our own, percent-encoded; never one from outside."""

    parts: tuple[Inline, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of one line; the highest level is 1."""

    level: int
    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code; the language is one of ours, or ``suggestion`` where GitHub may commit it."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; numbered from ``first``, or with bullets where that is None."""

    items: tuple[Item, ...]
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Blocks that somebody else said."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    cells: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head."""

    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that are shown when somebody asks for them."""

    title: tuple[Inline, ...]
    blocks: tuple[Block, ...]


Inline = Text | Code | Break | Styled | Link
Block = Paragraph | Heading | Fence | Listing | Quote | Table | Fold


def prose(text: str) -> tuple[Inline, ...]:
    """Give plain text of one line, in which only code is marked, by backticks."""
    parts: list[Inline] = []
    end = 0
    for span in _SPAN.finditer(text):
        parts += [Text(text[end : span.start()]), Code(span[2])]
        end = span.end()
    return tuple(part for part in [*parts, Text(text[end:])] if part != Text(""))


def line(*parts: Inline | str) -> tuple[Inline, ...]:
    """Give the parts of a line; what is a string is :func:`prose`."""
    return tuple(leaf for part in parts for leaf in (prose(part) if isinstance(part, str) else (part,)))


def paragraph(*parts: Inline | str) -> Paragraph:
    """Give a paragraph of one line."""
    return Paragraph(line(*parts))


def strong(*parts: Inline | str) -> Styled:
    """Give what stands out in a line."""
    return Styled("strong", line(*parts))


def bullets(entries: Iterable[Paragraph]) -> Listing:
    """Give a list with a paragraph for each entry."""
    return Listing(tuple(Item((entry,)) for entry in entries))


def separated(leaves: Iterable[Inline], separator: str = ", ") -> tuple[Inline, ...]:
    """Give the leaves with a text between each two."""
    parts = [part for leaf in leaves for part in (Text(separator), leaf)]
    return tuple(parts[1:])

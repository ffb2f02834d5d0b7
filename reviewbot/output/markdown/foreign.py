"""Markdown that others wrote, as a tree of ours: its formatting stays, and nothing in it acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core import markdown_tree
from reviewbot.output.markdown.tree import (
    Break,
    Code,
    Fence,
    Item,
    Listing,
    Paragraph,
    Quote,
    Row,
    Styled,
    Table,
    Text,
    strong,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.core.markdown_tree import Node
    from reviewbot.output.markdown.tree import Block, Inline

# Other words after a fence make GitHub draw diagrams, set formulas, or offer a suggestion to commit.
_LANGUAGES = re.compile(
    "bash|console|css|diff|dockerfile|html|ini|javascript|jsx?|json|makefile|markdown|md|py|python|sh|shell|sql|text|toml"
    "|tsx?|typescript|xml|ya?ml"
)
_STYLES = {"strong": "strong", "em": "emphasis", "s": "struck"}


def blocks(text: str) -> tuple[Block, ...]:
    """Give the blocks of Markdown from outside."""
    return _blocks(markdown_tree.read(text).children)


def _blocks(nodes: Iterable[Node]) -> tuple[Block, ...]:
    return tuple(block for node in nodes for block in _block(node))


def _block(node: Node) -> tuple[Block, ...]:
    block: Block | None = None
    match node.type:
        case "paragraph":
            block = Paragraph(_inlines(node.children))
        case "heading":
            # The headings of a page are ours.
            block = Paragraph((strong(*_inlines(node.children)),))
        case "fence" | "code_block":
            language = node.info.strip()
            block = Fence(node.content.removesuffix("\n"), language if _LANGUAGES.fullmatch(language) else "")
        case "bullet_list" | "ordered_list":
            items = tuple(Item(_blocks(item.children)) for item in node.children)
            block = Listing(items, int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None)
        case "blockquote":
            block = Quote(_blocks(node.children))
        case "table":
            head, *rows = [_row(row) for part in node.children for row in part.children]
            block = Table(head, tuple(rows))
    return (block,) if block else ()


def _row(node: Node) -> Row:
    return Row(tuple(_inlines(cell.children) for cell in node.children))


def _inlines(nodes: Iterable[Node]) -> tuple[Inline, ...]:
    return tuple(part for node in nodes for part in _inline(node))


def _inline(node: Node) -> tuple[Inline, ...]:
    if node.type == "inline":
        return _inlines(node.children)
    if node.type == "code_inline":
        return (Code(node.content),)
    if node.type in {"softbreak", "hardbreak"}:
        return (Break(),)
    if style := _STYLES.get(node.type):
        return (Styled(style, _inlines(node.children)),)
    return (Text(node.content),)

"""The tree as GitHub's Markdown, line by line. Nothing else writes Markdown."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from reviewbot.core.text import one_line
from reviewbot.output.markdown import leaves
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
    prose,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewbot.output.markdown.tree import Block, Inline

_STYLES = {
    "strong": ("**", "**", "b"),
    "emphasis": ("*", "*", "i"),
    "struck": ("<del>", "</del>", "s"),  # two of ~~ are a fence
    "small": ("<sub>", "</sub>", "sub"),
}


def write(*blocks: Block) -> str:
    """Give the Markdown, which ends with a new line; nothing for nothing."""
    return "".join(f"{line}\n" for line in document(blocks))


def inline(*parts: Inline) -> str:
    """Give the Markdown of one line's parts, to stand within a line of ours."""
    return "".join(map(_inline, _joined(parts)))


def sentence(text: str) -> str:
    """Give plain text as Markdown to stand within a line of ours; its code spans stay."""
    return inline(*prose(one_line(text)))


def document(blocks: Iterable[Block]) -> Iterator[str]:
    """Give the lines of blocks, an empty one between each two."""
    between = False
    for block in blocks:
        for number, line in enumerate(lines(block)):
            if between and not number:
                yield ""
            between = True
            yield line


def lines(block: Block | Item) -> Iterator[str]:
    """Give the lines of a block; none where there is nothing in it."""
    match block:
        case Paragraph(parts):
            yield from filter(None, (leaves.at_margin(part).rstrip() for part in inline(*parts).split("\n")))
        case Heading(level, parts):
            title = _on_one_line(parts)
            if title:
                yield f"{'#' * level} {title}"
        case Fence(text, language):
            yield from _fence(text, language)
        case Listing():
            yield from _listing(block)
        case Item(blocks):
            yield from _item(blocks)
        case Quote(blocks):
            yield from (f"> {line}".rstrip() for line in document(blocks))
        case Table(head, rows):
            yield from (row(head), f"|{'---|' * len(head.cells)}", *map(row, rows))
        case Fold(title, blocks):
            yield from (f"<details><summary>{_html(title)}</summary>", "")
            yield from document(blocks)
            yield from ("", "</details>")


def row(cells: Row) -> str:
    """Give a row of a table."""
    return f"| {' | '.join(map(_on_one_line, cells.cells))} |"


def _listing(listing: Listing) -> Iterator[str]:
    loose = any(_is_loose(item.blocks) for item in listing.items)
    for number, item in enumerate(listing.items):
        if number and loose:
            yield ""
        marker = "- " if listing.first is None else f"{listing.first + number}. "
        indent = marker
        for line in _item(item.blocks):
            yield f"{indent}{line}".rstrip()
            indent = " " * len(marker)


def _item(blocks: Sequence[Block]) -> Iterator[str]:
    if _is_loose(blocks):
        yield from document(blocks)
    else:
        for block in blocks:
            yield from lines(block)


def _is_loose(blocks: Sequence[Block]) -> bool:
    """Tell whether empty lines are needed: without, all but a list after a paragraph goes on with what it follows."""
    return any(
        not isinstance(block, Listing) or not isinstance(previous, Paragraph) for previous, block in pairwise(blocks)
    )


def _fence(text: str, language: str) -> Iterator[str]:
    shown = leaves.in_block(text)
    fence = leaves.fence(shown)
    yield f"{fence}{language}"
    # A block without a line deletes what a suggestion replaces; one with an empty line puts that there.
    if text:
        yield from shown.split("\n")
    yield fence


def _joined(parts: Sequence[Inline]) -> Iterator[Inline]:
    """Join texts that stand side by side: two halves of an address are one, and neither looks like it."""
    if len(parts) == 1:  # as nearly everything is
        yield parts[0]
        return
    for is_text, side_by_side in groupby(parts, lambda part: isinstance(part, Text)):
        if is_text:
            yield Text("".join(part.text for part in side_by_side if isinstance(part, Text)))
        else:
            yield from side_by_side


def _on_one_line(parts: Iterable[Inline]) -> str:
    return inline(*parts).replace("\n", " ").strip()


def _inline(part: Inline) -> str:
    match part:
        case Text(text):
            return leaves.text(text)
        case Code(text):
            return leaves.code(text)
        case Break():
            return "\n"
        case Styled(style, parts):
            opening, closing, _ = _STYLES[style]
            within = inline(*parts)
            bare = within.strip()
            # Stars beside white space are no emphasis, and four of them a rule.
            return within.replace(bare, f"{opening}{bare}{closing}", 1) if bare else within
        case Link(parts, address):
            return f"[{inline(*parts)}]({address})"


def _html(parts: Sequence[Inline]) -> str:
    return "".join(map(_in_html, _joined(parts)))


def _in_html(part: Inline) -> str:
    match part:
        case Text(text):
            return leaves.in_html(text)
        case Code(text):
            return leaves.in_html(text, is_code=True)
        case Break():
            return " "
        case Styled(style, parts):
            tag = _STYLES[style][2]
            return f"<{tag}>{_html(parts)}</{tag}>"
        case Link(parts, _):
            return _html(parts)

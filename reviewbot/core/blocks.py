"""Markdown as its blocks, each with its line, as CommonMark has it. The only importer of markdown-it."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_LINE = "line_start"
_STRUCK = {"s_open": "<s>", "s_close": "</s>"}


class Hidden(NamedTuple):
    """Lines that are no Markdown.

    Attributes:
        begins: What the first of them holds.
        ends: What the last of them holds, in lower case.
        stops_before: What a line holds before which they end in any case, or None.
    """

    begins: re.Pattern[str]
    ends: str
    stops_before: re.Pattern[str] | None = None


class Dialect(NamedTuple):
    """What counts as Markdown.

    Attributes:
        rules: What there is besides paragraphs, by markdown-it's names of its rules.
        deepest: How deep blocks may be nested (a list in a list is two deeper); what is deeper is not read, nor is
            what follows it. The time that a text takes is its length by this, at the most.
        hidden: What is left out.
    """

    rules: tuple[str, ...]
    deepest: int
    hidden: tuple[Hidden, ...] = ()


class Block(NamedTuple):
    """A block that holds text, or the beginning of a list element.

    Attributes:
        kind: ``heading``, ``underlined`` (a heading by the line below it), ``paragraph``, ``code_block`` (an indented
            one), ``html_block``, or ``item``.
        line: 1-based line on which it begins.
        text: Its lines as they are written, without the marks of what it stands in; of an item none.
        level: Of a heading.
        quoted: Whether it stands in a block quote.
    """

    kind: str
    line: int
    text: str = ""
    level: int = 0
    quoted: bool = False


def blocks(text: str, dialect: Dialect, links: dict[str, Any] | None = None) -> Iterator[Block]:
    """Give the blocks of ``text`` in order, what is nested after what it is nested in.

    Args:
        text: Markdown.
        dialect: How to read it.
        links: Where to put what the text says of its links at other places, for :func:`pieces`.
    """
    parser = _parser(dialect)
    tokens: list[Token] = []
    parser.block.parse(text.replace("\r\n", "\n").replace("\r", "\n"), parser, {} if links is None else links, tokens)
    quotes = 0
    kind, level = "", 0
    for token in tokens:
        line = token.map[0] + 1 if token.map else 0
        if token.type.startswith("blockquote"):
            quotes += token.nesting
        elif token.type == "list_item_open":
            yield Block("item", line, quoted=quotes > 0)
        elif token.type in ("heading_open", "paragraph_open"):
            kind, level = token.type.removesuffix("_open"), int(token.tag[1:] or 0)
            kind = "underlined" if token.markup[:1] in {"=", "-"} else kind
        elif token.type == "inline":
            yield Block(kind, line, token.content, level, quotes > 0)
        elif token.type in ("html_block", "code_block"):
            yield Block(token.type, line, token.content, quoted=quotes > 0)


def pieces(lines: Sequence[str], links: dict[str, Any]) -> Iterator[int | str]:
    """Give what a paragraph is made of: its HTML, and the lines that begin outside of code, links and tags.

    What is struck out by ``~~`` is HTML, too.

    Args:
        lines: Of the paragraph.
        links: What :func:`blocks` put there.

    Returns:
        In order, a text for HTML and a number, from 0, for a line.
    """
    tokens: list[Token] = []
    parser = _inline_parser()
    bare = [line.lstrip() for line in lines]
    parser.inline.parse("\n".join(bare), parser, links, tokens)
    numbers = {at: number for number, at in enumerate(accumulate((len(line) + 1 for line in bare), initial=0))}
    for token in tokens:
        if token.type == _LINE:
            yield numbers[token.meta["at"]]
        elif token.type == "html_inline":
            yield token.content
        elif token.type in _STRUCK:
            yield _STRUCK[token.type]


@lru_cache
def _parser(dialect: Dialect) -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": True, "maxNesting": dialect.deepest}).enable(list(dialect.rules))
    if dialect.hidden:
        parser.block.ruler.before("fence", "hidden", _Hides(dialect.hidden), {"alt": ["paragraph", "list"]})
    return parser


@lru_cache
def _inline_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": True}).enable(
        ["escape", "backticks", "link", "html_inline", "autolink", "strikethrough", "balance_pairs", "fragments_join"]
    )
    parser.inline.ruler.before("text", _LINE, _begins)
    return parser


def _begins(state: StateInline, silent: bool) -> bool:
    """Leave a mark where a line begins. The parser comes by at each one, since a line break ends any text."""
    if not silent and not state.linkLevel and (state.pos == 0 or state.src[state.pos - 1] == "\n"):
        state.push(_LINE, "", 0).meta = {"at": state.pos}
    return False


class _Hides:
    """A rule for blocks: the lines that are left out."""

    def __init__(self, hidden: Iterable[Hidden]) -> None:
        self._hidden = hidden

    def __call__(self, state: StateBlock, line: int, end: int, silent: bool) -> bool:
        first = _line(state, line)
        hidden = next((candidate for candidate in self._hidden if candidate.begins.search(first)), None)
        if hidden is None:
            return False
        while not silent and line < end:
            text = _line(state, line)
            line += 1
            state.line = line
            if hidden.ends in text.lower() or (
                hidden.stops_before and line < end and hidden.stops_before.match(_line(state, line))
            ):
                break
        return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]

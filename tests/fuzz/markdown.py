"""The writer of Markdown: no leaf gets out, wherever it stands, on one page or on several, as two parsers have it."""

from __future__ import annotations

from typing import Any

from pieces import text
from rendered import MARKUP, PARSERS, Page, harm

from reviewbot.output.markdown import pages, tree, writer

TOKENS = (
    *(*MARKUP, "](", "![", "\n", "- ", "> ", "1. ", "# ", "|---|---|", "[a]: //e", "[^1]", "[x]", "::", "\u200b"),
    *("@user", "a@b.example", "#12", "GH-12", "https://e.example", "www.e.example", "&#64;"),
    *("<!--", "-->", "<img src=x>", "</details>", "suggestion", "mermaid", "`" * 90),
    *("\x1eP", "\x1eC", "\x1eS", "\x1eB", "\x1eH", "\x1eF", "\x1eT", "\x1eL", "\x1eN", "\x1eQ", "\x1eD"),
)
_STYLES = ("strong", "emphasis", "struck", "small")


def _blocks(said: str) -> list[tree.Block]:
    """Build a tree by a recipe: each part's first letter says what becomes of the rest, and of what there is so far.

    Inline parts gather until a block takes them; blocks gather until one that holds blocks takes them.
    """
    line: list[tree.Inline] = []
    done: list[tree.Block] = []
    for part in said.split("\x1e")[:40]:
        what, rest = part[:1], part[1:]
        match what:
            case "C":
                line.append(tree.Code(rest))
            case "S":
                line = [tree.Styled(_STYLES[len(rest) % 4], (*line, tree.Text(rest)))]
            case "B":
                line += [tree.Text(rest), tree.Break()]
            case "H" | "P" | "T" | "D":
                parts, line = (*line, tree.Text(rest)), []
                done = _closed(what, parts, done)
            case "F":
                done.append(tree.Fence(rest, "python"))
            case "L" | "N":
                items = tuple(tree.Item((block,)) for block in done[-2:]) or (tree.Item((tree.Fence(rest),)),)
                done = [*done[:-2], tree.Listing(items, len(rest) if what == "N" else None)]
            case "Q":
                done = [*done[:-2], tree.Quote((*done[-2:], tree.Paragraph((tree.Text(rest),))))]
            case _:
                line.append(tree.Text(part))
    return [*done, tree.Paragraph(tuple(line))] if line else done


def _closed(what: str, parts: tuple[tree.Inline, ...], done: list[tree.Block]) -> list[tree.Block]:
    if what == "H":
        return [*done, tree.Heading(3, parts)]
    if what == "T":
        row = tree.Row((parts, (tree.Text("x"),), parts[::-1]))
        return [*done, tree.Table(row, (row, row))]
    if what == "D":
        return [*done[:-3], tree.Fold(parts, tuple(done[-3:]))]
    return [*done, tree.Paragraph(parts)]


def limit(data: bytes) -> int:
    """Give the length of a page: such that a few inputs need several, and what is large as few as on GitHub."""
    return 4_000 if len(data) < 4_000 else pages.LIMIT


def run(data: bytes) -> Any:
    blocks = _blocks(text(data))
    return writer.write(*blocks), pages.split(blocks, limit(data))


def judge(data: bytes, result: Any) -> None:
    whole, paged = result
    for page in [whole, *paged] if len(paged) > 1 else [whole]:
        assert harm(page) == {}
    # A table within lists may be some characters longer; what is posted leaves room for thousands.
    assert all(pages.size(page) <= limit(data) * 1.02 for page in paged)
    # What stands alone is shown as it is, by both.
    alone = writer.write(tree.Paragraph((tree.Text(text(data)),)))
    shown = {"".join("".join(Page(parser(alone)).text).split()) for parser in PARSERS.values()}
    assert len(shown) == 1, shown

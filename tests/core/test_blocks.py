"""Markdown as its blocks: what kind each is, where it begins, how deep a heading is, and whether it is a quote."""

from __future__ import annotations

import re
from typing import Any

from reviewbot.core.blocks import Block, Dialect, Hidden, blocks, pieces

RULES = ("blockquote", "code", "fence", "heading", "html_block", "lheading", "list")
PLAIN = Dialect(RULES, 20)
HIDING = Dialect(RULES, 20, (Hidden(re.compile("<example>"), "</example>", re.compile("# ")),))


def test_each_block_has_its_kind_its_line_and_what_it_stands_in() -> None:
    text = "### One\n\nTwo\n===\n\n- a\n  > b\n\n> c\n>\n> - d\n\n    e\n\n<div>\nf\n</div>\n\ng\nh\n"
    assert list(blocks(text, PLAIN)) == [
        Block("heading", 1, "One", 3),
        Block("underlined", 3, "Two", 1),
        Block("item", 6),
        Block("paragraph", 6, "a"),
        Block("paragraph", 7, "b", quoted=True),
        Block("paragraph", 9, "c", quoted=True),
        Block("item", 11, quoted=True),
        Block("paragraph", 11, "d", quoted=True),
        Block("code_block", 13, "e\n"),
        Block("html_block", 15, "<div>\nf\n</div>\n"),
        Block("paragraph", 19, "g\nh"),
    ]


def test_code_and_html_in_a_quote_are_quoted() -> None:
    assert [(one.kind, one.quoted) for one in blocks(">     a\n\n> <div>\n\n    b\n\n<p>", PLAIN)] == [
        ("code_block", True),
        ("html_block", True),
        ("code_block", False),
        ("html_block", False),
    ]


def test_lines_end_as_they_may() -> None:
    assert [(one.line, one.text) for one in blocks("# a\r\n\r# b\n", PLAIN)] == [(1, "a"), (3, "b")]


def test_what_is_hidden_ends_where_it_says_or_where_nothing_may_be_hidden() -> None:
    def texts(text: str) -> list[str]:
        return [one.text for one in blocks(text, HIDING)]

    assert texts("a\n<example>\nb\n</Example>\nc") == ["a", "c"]
    assert texts("a\n<example>b</example>\nc") == ["a", "c"]
    assert texts("<example>\nb\n# c\n\nd") == ["c", "d"]
    assert texts("a\n\n<example>\nb\n\nc") == ["a"]
    assert texts("<example># a\nb") == []


def test_a_line_begins_outside_of_code_links_and_tags() -> None:
    lines = ["a `b", "  c` d", "[e", "f](g)", "<i", "h>", "i"]
    assert list(pieces(lines, {})) == [0, 2, 4, "<i\nh>", 6]


def test_what_a_text_says_of_its_links_elsewhere_is_handed_on() -> None:
    links: dict[str, Any] = {}
    text = "[a\nb]\n\n[a b]: /x\n"
    (paragraph,) = blocks(text, Dialect((*RULES, "reference"), 20), links)
    assert list(pieces(paragraph.text.split("\n"), links)) == [0]
    assert list(pieces(paragraph.text.split("\n"), {})) == [0, 1]

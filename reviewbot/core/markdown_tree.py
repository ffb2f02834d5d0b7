"""Markdown from outside as markdown-it's tree: links, images and HTML are text in it."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode as Node

__all__ = ["Node", "read"]

# What would load something, lead somewhere, or hide what is written.
_OFF = ["link", "image", "autolink", "reference", "html_inline", "html_block"]
# What is nested deeper than this is left out by the parser.
_DEEPEST = 40


def read(text: str) -> Node:
    """Give the tree of a text in GitHub's Markdown."""
    return Node(_parser().parse(text))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    return parser.enable(["table", "strikethrough"]).disable(_OFF)

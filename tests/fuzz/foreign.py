"""Markdown that others wrote: its formatting may stay, and nothing in it acts, as two parsers have it."""

from __future__ import annotations

from typing import Any

from fuzz.markdown import TOKENS as MARKUP
from fuzz.markdown import limit
from pieces import text
from rendered import harm

from reviewbot.output.markdown import foreign, pages, writer

TOKENS = tuple(token for token in MARKUP if "\x1e" not in token)


def run(data: bytes) -> Any:
    blocks = foreign.blocks(text(data))
    return writer.write(*blocks), pages.split(blocks, limit(data))


def judge(data: bytes, result: Any) -> None:
    whole, paged = result
    for page in [whole, *paged] if len(paged) > 1 else [whole]:
        assert harm(page) == {}
    assert all(pages.size(page) <= limit(data) for page in paged)
    again = writer.write(*foreign.blocks(whole))
    assert harm(again) == {}

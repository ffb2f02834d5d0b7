"""No regular expression of the package takes more than in proportion to the length of a text, however bad that is.

Texts come from outside: diffs, files, titles, comments, answers. Each pattern meets texts made from its own loops, of
one length and four times that; a new pattern is found by itself.
"""

from __future__ import annotations

import pytest
from patterns import Used, all_used, slowest
from thorough import share

PARTS = 8


@pytest.mark.parametrize("part", share(range(PARTS), PARTS))
def test_every_pattern_is_linear(part: int) -> None:
    slow = {f"{used.where} {used.pattern}": text for used in all_used()[part::PARTS] if (text := slowest(used))}
    assert slow == {}, "\n".join(f"{pattern} on {text}" for pattern, text in slow.items())


def test_all_of_them_are_found() -> None:
    assert len(all_used()) > 550
    assert {way for used in all_used() for way in used.ways} >= {"search", "match", "fullmatch", "finditer", "sub"}


@pytest.mark.parametrize(
    ("pattern", "way"),
    [
        (r"\s*#\s*noqa", "sub"),
        (r"^\s*(?:#|//).*$", "search"),
        (r"\bwith\s+([^\n]+?)\s+as\s+x", "search"),
        (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "sub"),
        (r"(a+)+$", "match"),
        (r"<[^>]*>", "sub"),
    ],
)
def test_what_is_not_linear_is_seen(pattern: str, way: str) -> None:
    import re

    assert slowest(Used("here", pattern, int(re.MULTILINE), frozenset({way})))

"""What somebody probably meant who wrote a word that is none of those known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], most: int = 1, alike: float = 0.6) -> list[str]:
    """Give the known words that look like ``word``, the most alike first.

    Args:
        word: What was written.
        known: What may be written.
        most: How many to give.
        alike: From 0 to 1, how alike they must be.
    """
    return get_close_matches(word, list(known), n=most, cutoff=alike)


def meant(word: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known word is meant, to be put after a complaint; empty where none looks like it."""
    return "".join(f"; did you mean `{candidate}`?" for candidate in nearest(word, known))

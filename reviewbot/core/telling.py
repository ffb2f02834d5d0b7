"""What is being done, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

T = TypeVar("T")

# What is being done (``checks``), and how far it is in words (``120 of 3,000 files``); empty words end it.
Tell: TypeAlias = Callable[[str, str], None]


def nobody(part: str, words: str) -> None:
    """Tell nobody."""


def counted(things: Sequence[T], what: str, part: str, tell: Tell) -> Iterator[T]:
    """Give the things one by one, and tell how many were given."""
    for number, thing in enumerate(things, 1):
        tell(part, f"{number:,} of {len(things):,} {what}")
        yield thing

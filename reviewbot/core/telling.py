"""What is being done, told to whoever waits for it, and how long they wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from reviewbot.core.deadline import NEVER, Deadline

T = TypeVar("T")

# What is being done (``checks``), and how far it is in words (``120 of 3,000 files``); empty words end it.
Tell: TypeAlias = Callable[[str, str], None]


def nobody(part: str, words: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who waits for a review.

    Attributes:
        tell: Told what is being done.
        until: When nothing more is begun.
    """

    tell: Tell = nobody
    until: Deadline = NEVER


UNWATCHED = Watch()


def counted(things: Sequence[T], what: str, part: str, tell: Tell) -> Iterator[T]:
    """Give the things one by one, and tell how many were given."""
    for number, thing in enumerate(things, 1):
        tell(part, f"{number:,} of {len(things):,} {what}")
        yield thing

"""Whether a text is parsed in a time that goes with its length: of some, of Python and of none, it is the square."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Of an ordinary text a part of this size takes a third of these seconds; a fourth of a part, a fourth of its time.
_PART, _SECONDS, _RATIO = 25_000, 0.1, 2


def is_quick(text: str, parse: Callable[[str], object]) -> bool:
    """Tell whether each part of a large text is; a small one always is.

    Args:
        text: What is to be parsed.
        parse: What parses it. It cannot be stopped, so it is tried on parts before.
    """
    return all(_is_quick(text[at : at + _PART], parse) for at in range(0, len(text) - _PART, _PART))


def _is_quick(part: str, parse: Callable[[str], object]) -> bool:
    whole = _seconds(part, parse)
    if whole < _SECONDS:
        return True
    quarter = _PART // 4
    return whole < _RATIO * sum(_seconds(part[at : at + quarter], parse) for at in range(0, len(part), quarter))


def _seconds(text: str, parse: Callable[[str], object]) -> float:
    began = time.thread_time()
    parse(text)
    return time.thread_time() - began

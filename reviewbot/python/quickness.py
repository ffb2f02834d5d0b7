"""Whether a text is parsed, and its tree searched, in a time that goes with its length: of some it is the square."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ast_grep_py import SgNode

# Of an ordinary text a part of this size takes a third of these seconds; a fourth of a part, a fourth of its time.
_PART, _SECONDS, _RATIO = 25_000, 0.1, 2
# What people write is a few dozen levels deep, and a long sum some hundreds. A rule that looks up and down from each
# level takes the square of the time, and one that names itself a part of the stack for each, of which there is an end.
_DEEPEST = 1_600
# No character takes more levels than that.
_LEVELS = 5


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


def is_shallow(root: SgNode) -> bool:
    """Tell whether a tree is not nested deeper than what people write."""
    waiting = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEEPEST:
            return False
        # What is too short for so many levels is not looked into: of ordinary code, nearly all of it.
        if depth + _LEVELS * len(node.text()) > _DEEPEST:
            waiting += [(child, depth + 1) for child in node.children()]
    return True

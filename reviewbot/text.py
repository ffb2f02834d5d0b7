"""Text from outside, made harmless to print."""

from __future__ import annotations

import re

# C0 and C1 control characters (ANSI escapes begin with one), and the marks that reorder text
# on screen (https://trojansource.codes); tab and newline are left to the caller.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Replace each character that could steer a terminal, or hide text, by its escape (``\x1b``)."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)

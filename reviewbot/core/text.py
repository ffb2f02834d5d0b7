"""Text from outside: read as text, and made harmless to print."""

from __future__ import annotations

import re

# A text larger than this many bytes is data, not code; nobody reviews it line by line.
MAX_TEXT = 1_000_000
# What stands for bytes that are none (U+FFFD).
NO_CHARACTER = "\ufffd"

# C0 and C1 control characters (ANSI escapes begin with one), the separators that end a line in some
# readers, the marks that reorder text on screen (https://trojansource.codes), and the tags that hide
# text altogether; tab and newline are left to the caller.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


# Two comments on one defect share this part of their longer words, and two on different ones hardly any.
_ALIKE = 0.3
_WORD = re.compile(r"[^\W_]{4,}")


def alike(text: str, other: str) -> bool:
    """Tell whether two texts say the same, by the words of four letters and more that they share."""
    first, second = set(_WORD.findall(text.lower())), set(_WORD.findall(other.lower()))
    return len(first & second) >= _ALIKE * max(1, len(first | second))


def printable(text: str) -> str:
    r"""Replace each character that could steer a terminal, or hide text, by its escape (``\x1b``)."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def one_line(text: str) -> str:
    """Give the printable text on one line, so that it cannot pass for further lines of ours."""
    return " ".join(printable(text).split())


def decoded(data: bytes) -> str | None:
    """Give a file's text as diffs show it; None for binary data (it holds NUL) and for very large files."""
    if len(data) > MAX_TEXT or b"\0" in data:
        return None
    return data.decode("utf-8", errors="replace")

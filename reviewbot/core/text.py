"""Text from outside: read as text, and made harmless to print."""

from __future__ import annotations

import re

# A text larger than this many bytes is data, not code; nobody reviews it line by line.
MAX_TEXT = 1_000_000
# What stands for bytes that are none (U+FFFD).
NO_CHARACTER = "\ufffd"

# C0 and C1 control characters (ANSI escapes begin with one), the separators that end a line in some readers, the marks
# that reorder text on screen (https://trojansource.codes), and all that is shown as nothing, in which text can be
# hidden from people (Unicode's Default_Ignorable_Code_Point); tab and newline are left to the caller.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


_DECLARED = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# As it is in every encoding in which a text is what it looks like.
_PLAIN = bytes(range(92)) + bytes(range(93, 128)) + rb"\u0041 \x41 +AEE- =41 &#65;"
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


def is_read_otherwise(beginning: str) -> bool:
    """Tell whether Python reads a file otherwise than it looks, by the encoding that its first two lines declare.

    After `# coding: utf-7` words in a comment are code, and after `raw_unicode_escape` a comment may end in the middle
    of its line. What Python refuses is read by nobody.
    """
    declared = (_DECLARED.match(line) for line in beginning.split("\n")[:2])
    for encoding in (match[1] for match in declared if match):
        try:
            return _PLAIN.decode(encoding) != _PLAIN.decode("ascii")
        except (LookupError, ValueError):
            return True
    return False


def decoded(data: bytes) -> str | None:
    """Give a file's text as diffs show it; None for binary data (it holds NUL) and for very large files."""
    if len(data) > MAX_TEXT or b"\0" in data:
        return None
    return data.decode("utf-8", errors="replace")

r"""What `\w` is to the regular expressions of a rule.

ast-grep compiles a rule's expressions anew for each text it is run on, and Unicode's class of word characters,
some 700 ranges, was half of the price of a rule. Here it is ASCII's, and every character beyond ASCII: what a Python
name can be made of, and a few signs that stand in no name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = r"0-9A-Za-z_\x{80}-\x{10FFFF}"
# An escaped character, or a class in brackets; no expression of a rule has a class within a class.
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


def with_short_words(config: Mapping[str, Any]) -> dict[str, Any]:
    r"""Give an ast-grep rule whose expressions have a class of few ranges for `\w` and `\W`; it matches the same."""
    return {key: _within(key, part) for key, part in config.items()}


def _within(key: str, part: Any) -> Any:
    if isinstance(part, dict):
        return with_short_words(part)
    if isinstance(part, list):
        return [_within(key, item) for item in part]
    return _PART.sub(_short, part) if key == "regex" and isinstance(part, str) and r"\w" in part.lower() else part


def _short(part: re.Match[str]) -> str:
    text = part[0]
    if text == r"\w":
        text = f"[{_WORD}]"
    elif text == r"\W":
        text = f"[^{_WORD}]"
    elif text.startswith("[") and r"\w" in text and r"\W" not in text:
        text = text.replace(r"\w", _WORD)
    else:
        return text
    # Under `(?i)` the folding of so wide a class would cost more than the class; it holds both cases of every letter.
    return f"(?-i:{text})"

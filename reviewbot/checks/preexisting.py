"""What a check found before the change too: code that was moved, indented or wrapped is not said to be new."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reviewbot.core.check import Check

Found = TypeVar("Found")

# A comment behind code; what has quotes in it may be a string.
_COMMENT = re.compile(r"""(?m)(?<=\S)[ \t]+#[^\n"']*$""")
# So much of its text has a place that was edited in common with what stood there; the first of so many characters, and
# so many places, are compared.
_EDITED, _LONG, _MANY = 0.6, 300, 20


def new(
    check: Check,
    findings: Iterable[Found],
    touched: Callable[[Found], bool],
    told: Callable[[Found], tuple[str, str]],
    base: Callable[[], Iterable[tuple[str, str]]],
) -> Iterator[Found]:
    """Give what is found on touched lines, and was not found in the same piece of code before.

    Something is new where its text is found more often than before. Where the check is about style (severity low or
    less, or a hint), the function or class it stands in must also have more of its kind than before: whoever edits a
    line is not blamed for the habit it was written in, nor whoever gives the function another name. So it is with an
    edited line unless the check is severe; what is written in its place is new.

    Args:
        check: What looked.
        findings: All that it found in a piece of code.
        touched: Tells whether the change touched the place.
        told: Gives the text of a finding, and the class and function around it.
        base: The same of all that the check finds in the code before the change; asked only where it matters.
    """
    every = list(findings)
    mine = [finding for finding in every if touched(finding)]
    if not mine:
        return
    earlier = [(squeezed(text), symbol) for text, symbol in base()]
    now = [(squeezed(text), symbol) for text, symbol in map(told, every)]
    gained = Counter(text for text, _ in now) - Counter(text for text, _ in earlier)
    grown = Counter(symbol for _, symbol in now) - Counter(symbol for _, symbol in earlier)
    before, after = ({symbol for _, symbol in those} for those in (earlier, now))
    gone = Counter(text for text, _ in earlier) - Counter(text for text, _ in now)
    # Of style only what stood in a function that now is called otherwise, for all that is seen of it.
    gone &= Counter(text for text, symbol in earlier if symbol not in after or not is_style(check))

    def stays(text: str, symbol: str) -> bool:
        if is_severe(check):
            return False
        if is_style(check):
            if grown[symbol] <= 0:
                return True
            if symbol in before:
                return False
        old = next((candidate for candidate in islice(gone.elements(), _MANY) if _is_edit(candidate, text)), None)
        if old is not None:
            gone[old] -= 1
        return old is not None

    for finding in mine:
        text, symbol = told(finding)
        # As many of them as came along; which of several alike is the new one cannot be told.
        if gained[squeezed(text)] > 0 and not stays(squeezed(text), symbol):
            gained[squeezed(text)] -= 1
            grown[symbol] -= 1
            yield finding


def _is_edit(old: str, text: str) -> bool:
    return SequenceMatcher(None, old[:_LONG], text[:_LONG]).ratio() > _EDITED


def is_severe(check: Check) -> bool:
    """Tell whether a check's findings are worth a word whoever wrote them first."""
    return check.severity.at_least(Severity.HIGH) and check.confidence is not Confidence.LOW


def is_style(check: Check) -> bool:
    """Tell whether a check is about style: low in severity, or a hint."""
    return check.severity in {Severity.LOW, Severity.INFO} or check.confidence is Confidence.LOW


def squeezed(text: str) -> str:
    """Give code as formatters cannot change it: no white space, trailing commas and comments, one kind of quotes."""
    text = _COMMENT.sub("", text)
    text = "".join(text.split()).replace("'", '"')
    for bracket in ")]}":
        text = text.replace(f",{bracket}", bracket)
    return text

"""What a check found before the change too: code that was moved, indented or wrapped is not said to be new."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from reviewbot.change import LineKind
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reviewbot.change import ChangedFile
    from reviewbot.check import Check

Found = TypeVar("Found")

# Shorter lines (`pass`, `return rows`) are alike by chance.
_SHORT = 15


class Removed:
    """The lines that a change takes away, which tell what it only moves from one file to another.

    Args:
        files: The changed files.
    """

    def __init__(self, files: Iterable[ChangedFile]) -> None:
        self._files = tuple(files)

    @cached_property
    def _paths(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for file in self._files:
            for line in (line for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.REMOVED):
                found[squeezed(line.text)].add(file.path)
        return found

    def elsewhere(self, path: str, text: str) -> bool:
        """Tell whether every line of a text was taken away from other files than the one at ``path``."""
        lines = [squeezed(line) for line in text.split("\n") if len(line.strip()) > _SHORT]
        return bool(lines) and all(self._paths.get(line, set()) - {path} for line in lines)


def new(
    check: Check,
    found: Iterable[Found],
    touched: Callable[[Found], bool],
    told: Callable[[Found], tuple[str, str]],
    before: Callable[[], Iterable[tuple[str, str]]],
) -> Iterator[Found]:
    """Give what is found on touched lines, and was not found in the same piece of code before.

    Something is new where its text is found more often than before. Where the check is about style (severity low or
    less, or a hint), the function or class it stands in must also have more of its kind than before: whoever edits a
    line is not blamed for the habit it was written in.

    Args:
        check: What looked.
        found: All that it found in a piece of code.
        touched: Tells whether the change touched the place.
        told: Gives the text of a finding, and the class and function around it.
        before: The same of all that the check finds in the code before the change; asked only where it matters.
    """
    every = list(found)
    mine = [one for one in every if touched(one)]
    if not mine:
        return
    earlier = [(squeezed(text), symbol) for text, symbol in before()]
    now = [(squeezed(text), symbol) for text, symbol in map(told, every)]
    gained = Counter(text for text, _ in now) - Counter(text for text, _ in earlier)
    grown = Counter(symbol for _, symbol in now) - Counter(symbol for _, symbol in earlier)
    for one in mine:
        text, symbol = told(one)
        # As many of them as came along; which of several alike is the new one cannot be told.
        if gained[squeezed(text)] > 0 and (grown[symbol] > 0 or not is_style(check)):
            gained[squeezed(text)] -= 1
            grown[symbol] -= 1
            yield one


def is_style(check: Check) -> bool:
    """Tell whether a check is about style: low in severity, or a hint."""
    return check.severity in {Severity.LOW, Severity.INFO} or check.confidence is Confidence.LOW


def squeezed(text: str) -> str:
    """Give code as formatters cannot change it: without white space and trailing commas, in one kind of quotes."""
    text = "".join(text.split()).replace("'", '"')
    for bracket in ")]}":
        text = text.replace(f",{bracket}", bracket)
    return text

"""A piece of a file to be read beside the hunks: real line numbers, and marks where lines are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from reviewbot.python.layout import Layout

# A gap this small is shown: the mark would save nothing, and a reader would stumble over it.
_SMALL_GAP = 2


@dataclass(frozen=True, slots=True)
class Elision:
    """Lines that a snippet jumps over.

    Attributes:
        start_line: The first of them.
        end_line: The last of them.
        above: Whether they are left out because they are shown already, and not for their number.
        partly: Whether some of them are.
    """

    start_line: int
    end_line: int
    above: bool
    partly: bool = False

    def __str__(self) -> str:
        single = self.start_line == self.end_line
        lines = f"line {self.start_line}" if single else f"lines {self.start_line}-{self.end_line}"
        if self.above:
            return f"... {lines} {'is' if single else 'are'} shown above"
        return f"... {lines} left out{' or shown above' if self.partly else ''}"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of one file, as it is after the change.

    Attributes:
        path: The file.
        lines: Number and text of each line shown, ascending; without newline, and without the CR of a CRLF file.
        why: What it is shown for: ``encloses the hunk at 120``, ``used by app/api.py:131``.
        elisions: Every gap between the first and the last line, and what of the definition is before and after them.
    """

    path: str
    lines: tuple[tuple[int, str], ...]
    why: str
    elisions: tuple[Elision, ...] = ()

    @property
    def start_line(self) -> int:
        """The first line."""
        return self.lines[0][0]

    @property
    def end_line(self) -> int:
        """The last line."""
        return self.lines[-1][0]

    @property
    def text(self) -> str:
        """The code, with a line of words for each gap."""
        return "\n".join(text for _, text in self._rows())

    @property
    def numbered(self) -> str:
        """The code with its line numbers (``131 | return user``), and a line of words for each gap."""
        width = len(str(self.end_line))
        rows = (f"{number or '':>{width}} | {text}" for number, text in self._rows())
        return "\n".join(row.rstrip() for row in rows)

    def __len__(self) -> int:
        return len(self.lines) + len(self.elisions)

    def _rows(self) -> Iterator[tuple[int, str]]:
        """Give the lines, and each gap in its place under the number 0."""
        gaps = {elision.start_line: elision for elision in self.elisions}
        if self.elisions and self.elisions[0].start_line < self.start_line:
            yield 0, str(self.elisions[0])
        for number, text in self.lines:
            yield number, text
            if number + 1 in gaps:
                yield 0, str(gaps[number + 1])


def build(layout: Layout, wanted: Iterable[int], why: str, above: Collection[int] = frozenset()) -> Snippet | None:
    """Give a snippet with the ``wanted`` lines of a file; None where there are none.

    Args:
        layout: The file.
        wanted: Numbers of the lines to show; such as the file does not have are left out.
        why: What it is shown for.
        above: Numbers of the lines that are shown already.
    """
    text = layout.lines
    numbers = sorted({number for number in wanted if 1 <= number <= len(text)})
    if not numbers:
        return None
    whole = whole_of(layout, numbers[0], numbers[-1])
    shown: list[int] = []
    elisions = []
    last = min(whole.start, numbers[0]) - 1
    end = max(whole.stop, numbers[-1] + 1)
    for number in (*numbers, end):
        gap = range(last + 1, number)
        telling = [line for line in gap if text[line - 1].strip()]
        seen = sum(line in above for line in telling)
        # Where a definition begins or ends in the diff, its last lines are not said twice.
        edge = not shown or number == end
        if len(gap) > _SMALL_GAP or (edge and seen):
            elisions.append(Elision(gap.start, gap.stop - 1, seen == len(telling), seen > 0))
        else:
            shown += gap
        if number < end:
            shown.append(number)
        last = number
    lines = tuple((number, text[number - 1].removesuffix("\r")) for number in shown)
    return Snippet(layout.path, lines, why, tuple(elisions))


def whole_of(layout: Layout, first: int, last: int) -> range:
    """Give the lines from where what stands on one line begins to where what stands on another ends.

    Args:
        layout: The file.
        first: A line in a definition or statement; of an import, which is shown by its names, it is the beginning.
        last: The same line, or one further down.
    """
    begin, end = layout.around(first), layout.around(last)
    above, kind = layout.statement(first)
    below, _ = layout.statement(last)
    if kind.startswith(("import_", "future_")):
        return range(first, last + 1)
    start = begin[0].start if begin else above.start if above else first
    stop = end[-1].end + 1 if end else below.stop if below else last + 1
    return range(start, stop)

"""A piece of a file to be read beside the hunks: real line numbers, and marks where lines are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

# A gap this small is shown: the mark would save nothing, and a reader would stumble over it.
_SMALL_GAP = 2


@dataclass(frozen=True, slots=True)
class Elision:
    """Lines that a snippet jumps over.

    Attributes:
        start_line: The first of them.
        end_line: The last of them.
        in_diff: Whether they are left out because the hunks show them, and not for their number.
    """

    start_line: int
    end_line: int
    in_diff: bool

    def __str__(self) -> str:
        one = self.start_line == self.end_line
        lines = f"line {self.start_line}" if one else f"lines {self.start_line}-{self.end_line}"
        return f"... {lines} {'is' if one else 'are'} in the diff" if self.in_diff else f"... {lines} left out"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of one file, as it is after the change.

    Attributes:
        path: The file.
        lines: Number and text of each line shown, ascending; without newline, and without the CR of a CRLF file.
        why: What it is shown for: ``encloses the hunk at 120``, ``used by app/api.py:131``.
        elisions: Every gap between the first and the last line.
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
        for number, text in self.lines:
            yield number, text
            if number + 1 in gaps:
                yield 0, str(gaps[number + 1])


def build(
    path: str, text: Sequence[str], wanted: Iterable[int], why: str, in_diff: Collection[int] = frozenset()
) -> Snippet | None:
    """Give a snippet with the ``wanted`` lines; None where there are none.

    Args:
        path: The file.
        text: Its lines.
        wanted: Numbers of the lines to show; such as the file does not have are left out.
        why: What it is shown for.
        in_diff: Numbers of the lines that the hunks show.
    """
    numbers = sorted({number for number in wanted if 1 <= number <= len(text)})
    shown: list[int] = []
    elisions = []
    for number in numbers:
        last = shown[-1] if shown else number - 1
        if number - last - 1 > _SMALL_GAP:
            telling = (line for line in range(last + 1, number) if text[line - 1].strip())
            elisions.append(Elision(last + 1, number - 1, all(line in in_diff for line in telling)))
        else:
            shown += range(last + 1, number)
        shown.append(number)
    lines = tuple((number, text[number - 1].removesuffix("\r")) for number in shown)
    return Snippet(path, lines, why, tuple(elisions)) if lines else None

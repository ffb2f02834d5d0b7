"""Code frames: the lines around a finding, from the change, or else from the finding's own quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.change import Side
from reviewbot.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding, Suggestion

_CONTEXT = 2
_MOST_OWN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a frame.

    Attributes:
        number: Its line number, or None where it is not known.
        own: True for the lines the finding is about, False for those around them.
        text: The line, made printable, tabs as spaces.
    """

    number: int | None
    own: bool
    text: str


class Frames:
    """The lines of a change by number; each file is split once."""

    def __init__(self, changes: ChangeSet | None) -> None:
        self._changes = changes
        self._known: dict[tuple[str, Side], Mapping[int, str]] = {}

    def around(self, finding: Finding) -> tuple[list[Row], int]:
        """Give the frame of a finding, and how many of the finding's own lines it leaves out at its end."""
        lines = self._lines(finding.path, finding.side)
        start, left_out = finding.start_line, max(0, finding.end_line - finding.start_line + 1 - _MOST_OWN)
        end = finding.end_line - left_out
        after = 0 if left_out else _CONTEXT
        numbers = [number for number in range(start - _CONTEXT, end + after + 1) if number in lines]
        rows = [_row(number, own=start <= number <= end, text=lines[number]) for number in numbers]
        return (rows, left_out) if any(row.own for row in rows) else _quoted(finding)

    def replaced(self, finding: Finding, suggestion: Suggestion) -> list[str]:
        """Give the lines that a suggestion replaces, made printable; empty where they are not known."""
        lines = self._lines(finding.path, Side.RIGHT)
        numbers = (suggestion.start_line, suggestion.end_line)
        if all(number in lines for number in numbers):
            return [printable(lines[n]) for n in range(numbers[0], numbers[1] + 1) if n in lines]
        if numbers == (finding.start_line, finding.end_line):
            return printable(finding.evidence).split("\n")
        return []

    def _lines(self, path: str, side: Side) -> Mapping[int, str]:
        if (path, side) not in self._known:
            self._known[path, side] = self._read(path, side)
        return self._known[path, side]

    def _read(self, path: str, side: Side) -> Mapping[int, str]:
        file = self._changes.file(path) if self._changes else None
        if file is None:
            return {}
        whole = file.new_text if side is Side.RIGHT else file.old_text
        if whole is not None:
            return {number: text.removesuffix("\r") for number, text in enumerate(whole.split("\n"), start=1)}
        numbered = (
            (line.new if side is Side.RIGHT else line.old, line.text) for hunk in file.hunks for line in hunk.lines
        )
        return {number: text.removesuffix("\r") for number, text in numbered if number is not None}


def _row(number: int | None, *, own: bool, text: str) -> Row:
    return Row(number, own, printable(text.expandtabs(4)))


def _quoted(finding: Finding) -> tuple[list[Row], int]:
    quoted = finding.evidence.replace("\r\n", "\n").split("\n")
    # A quote of more or fewer lines was cut; its lines may not be the ones that the numbers say.
    exact = len(quoted) == finding.end_line - finding.start_line + 1
    rows = [
        _row(finding.start_line + at if exact else None, own=True, text=text)
        for at, text in enumerate(quoted[:_MOST_OWN])
    ]
    return rows, max(0, len(quoted) - _MOST_OWN)

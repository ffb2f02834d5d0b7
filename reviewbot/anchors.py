"""Where a quote stands: the exact code, on changed lines first, then in the hunks, then in the file.

A line number is only a tie-breaker, since models miscount. What stands in several places is ambiguous, and what
stands nowhere is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.change import LineKind, Side
from reviewbot.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.change import ChangedFile

# A piece of a line shorter than this stands everywhere.
_SHORTEST_PIECE = 8


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a quote was found.

    Attributes:
        start_line: First line.
        end_line: Last line, inclusive.
        side: Which side's numbers these are.
        how: ``changed``, ``hunk`` or ``file``.
        text: The lines as they stand there.
        whole: Whether the quote is whole lines, so that they can be replaced.
        ambiguous: Whether the quote stands in several places and nothing said which; then this is the first one.
    """

    start_line: int
    end_line: int
    side: Side
    how: str
    text: str
    whole: bool = True
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    text: str
    changed: bool


def find(quote: str, line: int | None, file: ChangedFile, side: Side = Side.RIGHT) -> Anchor | None:
    """Find a quote in a file.

    Args:
        quote: Code as it was shown: secrets masked, without numbers and marks.
        line: The number the model gave, or None.
        file: The whole changed file, with all its hunks.
        side: The side the model meant; the other one is tried after it.
    """
    wanted = _lines(quote)
    if not wanted:
        return None
    sides = (side, Side.LEFT if side is Side.RIGHT else Side.RIGHT)
    for one in sides:
        for how, runs in (("changed", _hunks(file, one)), ("hunk", _hunks(file, one)), ("file", _file(file, one))):
            found = [
                match
                for run in runs
                for match in _matches(wanted, run)
                if how != "changed" or any(row.changed for row in match[0])
            ]
            anchor = _chosen(found, line, one, how)
            if anchor is not None:
                return anchor
    return None


def _lines(quote: str) -> list[str]:
    lines = [one.strip() for one in quote.replace("\r\n", "\n").split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _hunks(file: ChangedFile, side: Side) -> Iterator[list[_Row]]:
    gone = LineKind.REMOVED if side is Side.RIGHT else LineKind.ADDED
    for hunk in file.hunks:
        rows = []
        for line in hunk.lines:
            number = line.new if side is Side.RIGHT else line.old
            if line.kind is not gone and number is not None:
                rows.append(_Row(number, line.text.rstrip("\r"), line.kind is not LineKind.CONTEXT))
        yield rows


def _file(file: ChangedFile, side: Side) -> Iterator[list[_Row]]:
    text = file.new_text if side is Side.RIGHT else file.old_text
    if text is not None:
        yield [_Row(number, line.rstrip("\r"), changed=False) for number, line in enumerate(text.split("\n"), 1)]


def _matches(wanted: Sequence[str], rows: Sequence[_Row]) -> list[tuple[Sequence[_Row], bool]]:
    """Give each run of rows that is the quote, and whether it is so line by line; else those it is a piece of."""
    shown = [masked(row.text).strip() for row in rows]
    count = len(wanted)
    exact = [rows[at : at + count] for at in range(len(rows) - count + 1) if shown[at : at + count] == list(wanted)]
    if exact:
        return [(run, True) for run in exact]
    if count > 1:
        # Of the first and the last line a piece may be quoted.
        return [
            (rows[at : at + count], False)
            for at in range(len(rows) - count + 1)
            if shown[at].endswith(wanted[0])
            and shown[at + count - 1].startswith(wanted[-1])
            and shown[at + 1 : at + count - 1] == list(wanted[1:-1])
        ]
    if len(wanted[0]) < _SHORTEST_PIECE:
        return []
    return [([row], False) for row, text in zip(rows, shown, strict=True) if wanted[0] in text]


def _chosen(found: Sequence[tuple[Sequence[_Row], bool]], line: int | None, side: Side, how: str) -> Anchor | None:
    if not found:
        return None
    exact = [match for match in found if match[1]] or list(found)
    nearest = sorted(exact, key=lambda match: abs(match[0][0].number - (line or 0)))
    distances = [abs(match[0][0].number - (line or 0)) for match in nearest]
    tied = len(nearest) > 1 and (line is None or distances[0] == distances[1])
    run, whole = exact[0] if tied else nearest[0]
    text = "\n".join(row.text for row in run)
    return Anchor(run[0].number, run[-1].number, side, how, text, whole, ambiguous=tied)
